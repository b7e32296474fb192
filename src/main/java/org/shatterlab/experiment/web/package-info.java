@NullMarked
package org.shatterlab.experiment.web;

import org.jspecify.annotations.NullMarked;
