// The memory of an engine as it was at a moment, to be put back after each run: so a run leaves nothing behind, and the
// next need not make anew what all begin with.
//
// 1. Between data and heap lies the stack, which nobody reads before writing it: its unused part, by far the longest run
//    of zeros, is not kept. Nor is what lies beyond all that was written, which belongs to nobody after putting back.
// 2. Memory that has grown stays grown; only what is in it is put back.
// 3. Pages that were never touched cost much to read, so a long run of zeros is crossed in strides: what is written are
//    two areas, the data and (with the stack's top before it) the heap, each longer than a stride.

const pageBytes = 4096;
const strideBytes = 64 * 1024;

/** Takes an image of the memory; the function that is given puts it back. */
export function takeImage(memory: { readonly buffer: ArrayBuffer }): () => void {
  const areas = writtenAreas(Buffer.from(memory.buffer));
  const pieces = areas.map(({ from, to }) => ({ from, bytes: new Uint8Array(memory.buffer.slice(from, to)) }));
  return () => {
    const now = new Uint8Array(memory.buffer);
    for (const { from, bytes } of pieces) now.set(bytes, from);
  };
}

/** What is written, in areas that begin and end with up to a stride of zeros. */
function writtenAreas(memory: Buffer): { from: number; to: number }[] {
  const zeros = Buffer.alloc(pageBytes);
  const isEmpty = (at: number) => memory.subarray(at, at + pageBytes).equals(zeros);
  const areas: { from: number; to: number }[] = [];
  for (let at = 0, from = 0; at < memory.length; at += strideBytes) {
    if (isEmpty(at)) {
      from = at;
      continue;
    }
    let last = at;
    for (let page = at; page < memory.length && page - last <= strideBytes; page += pageBytes)
      if (!isEmpty(page)) last = page;
    at = last + pageBytes;
    areas.push({ from, to: Math.min(at + strideBytes, memory.length) });
    from = at;
  }
  return areas;
}
