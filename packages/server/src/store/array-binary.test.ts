// Binary arrays are what Postgres reads of them.
import { expect, it } from "vitest";
import { describeEachDatabase } from "../../test/support/database.js";
import { binaryArray, type ElementType } from "./array-binary.js";

describeEachDatabase("an array in binary", (database) => {
  /** What Postgres reads of an array, as text. */
  const read = async (type: ElementType, values: readonly unknown[]): Promise<(string | null)[]> => {
    const { rows } = await database().database.primary.query<{ value: string | null }>(
      `SELECT value::text FROM unnest($1::${type}[]) WITH ORDINALITY AS r(value, place) ORDER BY place`,
      [binaryArray(type, values)],
    );
    return rows.map(({ value }) => value);
  };

  it.each<[ElementType, readonly unknown[], readonly (string | null)[]]>([
    ["integer", [0, -1, 2147483647, null], ["0", "-1", "2147483647", null]],
    ["bigint", [0, "9007199254740993", -5], ["0", "9007199254740993", "-5"]],
    ["float8", [0.25, -1e300, undefined], ["0.25", "-1e+300", null]],
    ["text", ["", 'a"b\\c', "é€😀\n", "{1,NULL}", null], ["", 'a"b\\c', "é€😀\n", "{1,NULL}", null]],
    ["text", [], []],
    [
      "uuid",
      ["00000000-0000-0000-0000-000000000000", "ABCDEF01-2345-6789-abcd-ef0123456789"],
      ["00000000-0000-0000-0000-000000000000", "abcdef01-2345-6789-abcd-ef0123456789"],
    ],
    [
      "timestamptz",
      ["2026-11-30T12:00:00.123Z", "1969-12-31T23:59:59.999Z", "2000-01-01T00:00:00.000Z"],
      ["2026-11-30 12:00:00.123+00", "1969-12-31 23:59:59.999+00", "2000-01-01 00:00:00+00"],
    ],
    ["timestamp", ["9999-12-31T23:59:59.999Z", null], ["9999-12-31 23:59:59.999", null]],
  ])("%s", async (type, values, texts) => {
    expect(await read(type, values)).toEqual(texts);
  });

  it("grows with what it holds", async () => {
    const values = Array.from({ length: 300 }, (_, index) => `${index}`.repeat(3000));
    expect(await read("text", values)).toEqual(values);
  });
});
