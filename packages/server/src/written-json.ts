/** JSON that stays the text which the database gave: large documents are passed on without being read. */
export class WrittenJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For JSON.stringify, which takes no text as it is; http/json-answer.ts does. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
