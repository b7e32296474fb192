@NullMarked
package org.shatterlab.result.web;

import org.jspecify.annotations.NullMarked;
