package org.shatterlab.result.plot;

/**
 * A figure of measured data: a figure of "The Shattered Gradients Problem" (arXiv:1702.08591), or a single matrix.
 * Equal data give equal bytes on one machine. The bytes may differ between machines, because the layout depends on the
 * metrics of the sans-serif font.
 */
public sealed interface Figure permits Figure1, CurveFigure, Figure4, Figure5, MatrixFigure {

    /** Returns the origin of the data, which is printed in small print at the bottom of the figure. */
    String caption();
}
