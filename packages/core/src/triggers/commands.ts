// Commands as people write them in chat: `!hug @ada "two words"` is the command hug with two arguments.

export interface Command {
  /** As it was written, without what stands before it: Hug. */
  word: string;
  args: string[];
  /** With what stands before it: !Hug. */
  written: string;
}

/** What clients put in so that a message may be sent twice; nobody sees it. */
const invisible = /\u{34f}|[\u{e0000}\u{200b}\u{2060}\u{feff}]/gu;
/** A quoted argument that ends where a word ends, or a word; \" \\ and "\ " stand for themselves. */
const argument = /"((?:[^"\\]|\\[\s\S])*)"(?=\s|$)|[“„]([^“”„]*)[”“](?=\s|$)|((?:\\[\s"\\]|\S)+)/gu;
const unescaped = (text: string): string => text.replace(/\\([\s"\\])/g, "$1");

/** The command that a message is; undefined when it is none. */
export const parseCommand = (message: string): Command | undefined => {
  const text = message.replace(invisible, " ").trim();
  const [written = "", prefix, rest = ""] = /^([!/])(\S+)/u.exec(text) ?? [];
  // "/hug@my_bot" is how some platforms say which bot is meant.
  const word = prefix === "/" ? rest.replace(/(?!^)@.*$/u, "") : rest;
  if (word === "" || /^[!/?]+$/.test(word)) return undefined;
  const args = [...text.slice(written.length).matchAll(argument)].map(
    ([, quoted, curly, plain]) => curly ?? unescaped(quoted ?? plain ?? ""),
  );
  return { word, args, written: `${prefix}${word}` };
};

/** Marks of direction, joiners, and what only says how a character looks: keyboards put them in or leave them out. */
const unseen = /\p{Default_Ignorable_Code_Point}/gu;

/** A word as it looks: however its characters are composed. */
export const seenWord = (word: string): string => word.replace(unseen, "").normalize("NFC");

/** A word as the index knows it: without capitals. Straße, STRASSE and strasse are one, and so are σοφός and ΣΟΦΌΣ. */
export const wordKey = (word: string): string => seenWord(word).toUpperCase().toLowerCase();

/** A command's name as it was drawn, without the "!" or "/" that may stand before it. */
export const bareWord = (name: string): string => name.replace(/^[!/](?=.)/u, "");
