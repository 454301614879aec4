// The guide's troubleshooting section as data: the words with which a start fails and what to do next. The program
// says them and docs/configuration.md prints them.

export interface Trouble {
  /** The symptom, as the guide words it. */
  readonly symptom: string;
  readonly solutions: readonly string[];
}

export const troubles = {
  database: {
    symptom: "Failed to connect to database",
    solutions: [
      "Verify DATABASE_URI format",
      "Check network connectivity to database",
      "Verify credentials",
      "Ensure database exists",
    ],
  },
  redis: {
    symptom: "Failed to connect to Redis",
    solutions: ["Verify REDIS_URL format", "Check Redis server is running", "Verify authentication if required"],
  },
  port: {
    symptom: "Address already in use",
    solutions: ["Change MODULE_PORT or GRPC_PORT", "Kill process using the port", "Use Docker port mapping"],
  },
  logs: {
    symptom: "Permission denied",
    solutions: [
      "mkdir -p /var/log/waddlebotlog",
      "chown -R waddlebot:waddlebot /var/log/waddlebotlog",
      "chmod 755 /var/log/waddlebotlog",
    ],
  },
} as const satisfies Record<string, Trouble>;

/** One clear line: the symptom, what exactly, and what to do. `particulars` must hold no secret. */
export function explain(trouble: Trouble, particulars = ""): string {
  return `${trouble.symptom}${particulars && `: ${particulars}`}. ${trouble.solutions.join("; ")}.`;
}
