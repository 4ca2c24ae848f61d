// Small steps on the fields of a record. `field` is a place in bytes from the record's start.

/** Adds one to a 32-bit number; gives the sum. */
export function count(own: usize, field: usize): i32 {
  const sum = load<i32>(own + field) + 1;
  store<i32>(own + field, sum);
  return sum;
}

/** Whether a double is known that is -1 as long as it is not. Its sign is read as that of an integer: one instruction. */
export function isSet(own: usize, field: usize): bool {
  return load<i32>(own + field, 4) >= 0;
}

/** Adds to a double. */
export function add(own: usize, field: usize, value: f64): void {
  store<f64>(own + field, load<f64>(own + field) + value);
}
