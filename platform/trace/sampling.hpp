// Which new traces are sampled: what OTEL_TRACES_SAMPLER says. Values.
#pragma once

namespace outlay::platform {

struct TraceSampling {
    double ratio = 0;            // of the traces that begin here
    bool follows_parent = true;  // a trace that came in keeps the decision of those who began it
};

}  // namespace outlay::platform
