@NullMarked
package org.shatterlab.service;

import org.jspecify.annotations.NullMarked;
