// Station "flow": addresses as people write them.

/** An IPv4 address held in a signed 32-bit integer, dotted. */
export function ipv4Text(address: number): string {
  return `${(address >>> 24) & 0xff}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
}

/** An IPv6 address of four words, in the canonical form of RFC 5952: longest run of zero groups (two at least) as `::`. */
export function ipv6Text(words: readonly [number, number, number, number]): string {
  const groups = words.flatMap((word) => [(word >>> 16) & 0xffff, word & 0xffff]);
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > bestLength) {
      bestStart = start;
      bestLength = length;
    }
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (bestStart < 0) return text(groups);
  return `${text(groups.slice(0, bestStart))}::${text(groups.slice(bestStart + bestLength))}`;
}
