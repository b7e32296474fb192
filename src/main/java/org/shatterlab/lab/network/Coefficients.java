package org.shatterlab.lab.network;

/**
 * The two scalars of one rectifier layer {@code h <- a h + b W rho(n(h))}.
 *
 * @param skip a, the factor of the identity path
 * @param branch b, the factor of the rectifier branch
 */
public record Coefficients(double skip, double branch) {}
