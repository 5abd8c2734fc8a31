/** Levels of maps and lists, aliases followed. */
export const deepest = 100;

/** Bytes of a blueprint; and characters of its keys and values, aliases followed and templates filled. */
export const largest = 1_048_576;

/** Faults and findings of one blueprint that are told; the rest is counted. */
export const mostFaults = 100;
