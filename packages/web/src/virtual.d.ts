declare module "virtual:node-icons" {
  import type { LucideIcon } from "lucide-react";
  /** The icon of each name that a node type of core uses. */
  export const nodeIcons: Readonly<Record<string, LucideIcon>>;
}
