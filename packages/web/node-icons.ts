// The icons that node types name, and no others: the list is read from core when the builder is built, so a new node
// type brings its icon without a change here.
import { nodeTypes } from "@workflow-core/core";
import type { Plugin } from "vite";

const id = "virtual:node-icons";

export function nodeIcons(): Plugin {
  return {
    name: "node-icons",
    resolveId: (source) => (source === id ? `\0${id}` : null),
    load(source) {
      if (source !== `\0${id}`) return null;
      const names = [...new Set(nodeTypes.map(({ icon }) => icon))];
      const imports = names.map((name, index) => `import Icon${index} from "lucide-react/icons/${name}";`);
      const entries = names.map((name, index) => `  ${JSON.stringify(name)}: Icon${index},`);
      return `${imports.join("\n")}\nexport const nodeIcons = {\n${entries.join("\n")}\n};\n`;
    },
  };
}
