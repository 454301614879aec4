// Names of time zones: those of the zone database that the runtime brings along.

/** Whether there is such a zone; offsets such as +02:00 are not zones, they know no summer. */
export const isTimezone = (zone: string): boolean => {
  try {
    return /^[a-z]/i.test(zone) && new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
};
