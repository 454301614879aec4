// Buttons: one component, so that height, focus and names are right everywhere.
import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon?: LucideIcon | undefined;
  look?: "plain" | "primary" | "quiet";
  small?: boolean;
  danger?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export const Button = ({ icon: Icon, look = "plain", small, danger, className, children, ...rest }: Props) => (
  <button
    type="button"
    className={[
      "button",
      look === "plain" ? "" : look,
      small ? "small" : "",
      danger ? "danger" : "",
      className ?? "",
    ].join(" ")}
    {...rest}
  >
    {Icon && <Icon size={16} aria-hidden />}
    {children}
  </button>
);

/** A button that shows only an icon; `label` is its name and its tooltip. */
export const IconButton = ({
  icon: Icon,
  label,
  hint,
  look = "quiet",
  small,
  danger,
  className,
  ...rest
}: Omit<Props, "icon" | "children"> & { icon: LucideIcon; label: string; hint?: string }) => (
  <button
    type="button"
    aria-label={label}
    title={hint ? `${label} (${hint})` : label}
    className={[
      "button icon",
      look === "plain" ? "" : look,
      small ? "small" : "",
      danger ? "danger" : "",
      className ?? "",
    ].join(" ")}
    {...rest}
  >
    <Icon size={16} aria-hidden />
  </button>
);
