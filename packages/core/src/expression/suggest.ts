// "Did you mean": the known name that is nearest to a mistyped one.

const maxCandidates = 2_000;
const maxLength = 60;

/** A half sentence such as `; did you mean "username"?`, or empty text when no candidate is near. */
export const didYouMean = (name: string, candidates: Iterable<string>): string => {
  let best: string | undefined;
  let bestDistance = Math.min(2, Math.floor(name.length / 3)) + 1;
  let seen = 0;
  if (name.length > maxLength) return "";
  for (const candidate of candidates) {
    if (++seen > maxCandidates) break;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = candidate.toLowerCase() === name.toLowerCase() ? 0 : editDistance(name, candidate, bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best === undefined ? "" : `; did you mean "${best}"?`;
};

/** Characters to insert, delete, replace or swap with their neighbour to make one word of the other; `most` for more. */
const editDistance = (from: string, to: string, most: number): number => {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const cost = Math.min(above[column]! + 1, line[column - 1]! + 1, above[column - 1]! + same);
      line.push(swapped ? Math.min(cost, before[column - 2]! + 1) : cost);
    }
    [before, above] = [above, line];
    if (Math.min(...before, ...above) >= most) return most;
  }
  return above[to.length]!;
};
