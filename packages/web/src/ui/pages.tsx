// Turning the pages of a list; nothing while there is only one.
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Pagination } from "../api/client.js";
import { IconButton } from "./button.js";

interface PagesProps {
  /** Of the answer that is shown. */
  pagination: Pagination | undefined;
  /** The page that is asked for. */
  page: number;
  onPage(page: number): void;
  /** Where one is, in words. */
  children: ReactNode;
}

export const Pages = ({ pagination, page, onPage, children }: PagesProps) =>
  pagination &&
  pagination.total_pages > 1 && (
    <nav className="pages" aria-label="Pages">
      <span className="small muted">{children}</span>
      <IconButton
        icon={ChevronLeft}
        label="Previous page"
        disabled={!pagination.has_prev}
        onClick={() => onPage(page - 1)}
      />
      <IconButton
        icon={ChevronRight}
        label="Next page"
        disabled={!pagination.has_next}
        onClick={() => onPage(page + 1)}
      />
    </nav>
  );
