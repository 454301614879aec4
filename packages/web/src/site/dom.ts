// Elements in one call.
type Attributes = Readonly<Record<string, string>>;

/** An element with attributes and children; text is text, never markup. */
export const make = <K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** The text of a code block. */
export const codeOf = (block: Element): string => block.querySelector("pre")?.textContent ?? "";
