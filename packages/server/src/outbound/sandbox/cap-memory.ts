// Rewrites the bytes of a WebAssembly module so that its memory can grow to a smaller size only.

/** Number of the section in which a module declares its memory. */
const memorySection = 5;
const headerBytes = 8;

/** A copy of the module whose memories have at most `pages` pages of 64 KiB. The maximum must be declared already. */
export function capMemory(module: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(module);
  let at = headerBytes;
  const byte = () => bytes[at++] ?? 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = byte();
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value >>> 0;
    }
  };
  while (at < bytes.length) {
    const section = byte();
    const end = number() + at;
    if (section === memorySection) {
      for (let memories = number(); memories > 0; memories--) {
        const hasMaximum = (byte() & 1) === 1;
        number();
        if (!hasMaximum) throw new Error("the module declares no maximum of its memory");
        const start = at;
        number();
        write(bytes.subarray(start, at), pages);
      }
    }
    at = end;
  }
  return bytes;
}

/** The number in as many bytes as there are, with the padding that the format allows. */
function write(room: Uint8Array, value: number): void {
  let left = value;
  for (const index of room.keys()) {
    room[index] = (left & 0x7f) | (index < room.length - 1 ? 0x80 : 0);
    left >>>= 7;
  }
}
