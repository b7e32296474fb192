/** The check of all settings at the start, and the failure pages of settings that the service rejects. */
@NullMarked
package org.shatterlab.platform.settings;

import org.jspecify.annotations.NullMarked;
