// What the packet loop calls out for: everything that happens rarely. `number` is the connection's index, `index` the row's in its
// batch, `row` the address of a row that waited (no addresses and ports in it any more). The frame at hand and the times lie in the scratch places.

/** A row that starts a connection: makes it, gives its address. */
export declare function opened(index: i32): usize;
/** A row that is not TCP. */
export declare function other(index: i32): void;
/** An ICMP "too big" message about a packet of `side`. */
export declare function tooBig(number: i32, side: i32, row: usize): void;
/** A TCP row with malformed headers, or in a tunnel whose checksum is known. */
export declare function unusual(number: i32, row: usize): void;
/** A copy from a second tap, `delayNs` after the first, or -1 where that is not known. */
export declare function duplicate(number: i32, row: usize, delayNs: f64): void;
export declare function synOrReset(number: i32, side: i32, row: usize): void;
/** A packet that may end the handshake. */
export declare function third(number: i32, side: i32): void;
/** Data below what is expected next. 0: a copy that must not count, 1: done with, 2: new data follow. */
export declare function behind(number: i32, side: i32, row: usize): i32;
/** Data beyond what is expected next. */
export declare function hole(number: i32, side: i32): void;
/** The first data of a direction whose start was not captured. */
export declare function beforeCapture(number: i32, side: i32): void;
/** A FIN without data that was sent before. */
export declare function repeatedFin(number: i32, side: i32, rowNumber: i32): void;
/** A probe of the window or of the peer's life. */
export declare function probe(number: i32, side: i32, rowNumber: i32): void;
/** Data were acknowledged that were never captured. */
export declare function unseen(number: i32, side: i32, ack: i32, rowNumber: i32): void;
/** An acknowledgement while there are holes. */
export declare function acknowledgedHoles(number: i32, side: i32, ack: i32, rowNumber: i32): void;
