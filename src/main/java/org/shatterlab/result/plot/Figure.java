package org.shatterlab.result.plot;

/**
 * A figure drawn from measured data: one of "The Shattered Gradients Problem" (arXiv:1702.08591), or a single matrix. The
 * same data give the same bytes on the same machine: the layout follows the metrics of its sans-serif font.
 */
public sealed interface Figure permits Figure1, CurveFigure, Figure4, Figure5, MatrixFigure {

    /** Where the picture comes from, printed small at its foot. */
    String caption();
}
