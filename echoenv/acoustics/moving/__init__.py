"""Sound of sources and listeners that move: convolution that varies over time, stages of many sources."""
