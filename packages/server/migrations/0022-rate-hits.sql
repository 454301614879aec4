-- Counts hits of one key that came together, in their order, like workflow_rate_hit one after the other: the window is
-- looked at once. Answers are numbered from 1.
CREATE OR REPLACE FUNCTION workflow_rate_hits(
    hit_key TEXT, hit_max INTEGER, hit_seconds DOUBLE PRECISION, hit_ids TEXT[], known_ids TEXT[], known_ages DOUBLE PRECISION[]
) RETURNS TABLE (hit_number BIGINT, allowed BOOLEAN, remaining INTEGER, reset_seconds DOUBLE PRECISION)
LANGUAGE plpgsql VOLATILE
-- Plans are made while the table is small, and kept while it grows: they must be those for a large one.
SET enable_seqscan TO off SET enable_bitmapscan TO off AS $$
DECLARE
    width INTERVAL := make_interval(secs => hit_seconds);
    moment timestamptz;
    first_number BIGINT;
    first_at timestamptz;
    last_number BIGINT;
    last_at timestamptz;
    told BIGINT;
    taken BIGINT;
    granted BIGINT;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('workflow_rate_hits:' || hit_key, 0));
    SELECT h.number, h.at INTO last_number, last_at FROM workflow_rate_hits AS h WHERE h.key = hit_key ORDER BY h.number DESC LIMIT 1;
    IF last_at > clock_timestamp() + width THEN -- the server's clock was set back: what it said then means nothing now
        DELETE FROM workflow_rate_hits AS h WHERE h.key = hit_key;
        last_number := NULL;
        last_at := NULL;
    END IF;
    moment := greatest(clock_timestamp(), last_at);
    last_number := coalesce(last_number, 0);
    IF cardinality(known_ids) > 0 THEN
        INSERT INTO workflow_rate_hits (key, number, at, id, expires_at)
        SELECT hit_key, last_number + row_number() OVER (ORDER BY k.age DESC), greatest(moment - make_interval(secs => k.age), last_at),
               k.id, moment + width
        FROM (SELECT DISTINCT ON (u.id) u.id, u.age FROM unnest(known_ids, known_ages) AS u(id, age)) AS k
        WHERE k.age < hit_seconds AND NOT EXISTS (SELECT 1 FROM workflow_rate_hits AS h WHERE h.key = hit_key AND h.id = k.id);
        GET DIAGNOSTICS told = ROW_COUNT;
        last_number := last_number + told;
    END IF;
    SELECT h.number, h.at INTO first_number, first_at FROM workflow_rate_hits AS h
        WHERE h.key = hit_key AND h.at > moment - width ORDER BY h.number LIMIT 1;
    DELETE FROM workflow_rate_hits AS h WHERE h.key = hit_key AND h.number < coalesce(first_number, last_number + 1);
    taken := CASE WHEN first_number IS NULL THEN 0 ELSE last_number - first_number + 1 END;
    granted := least(cardinality(hit_ids), greatest(0, hit_max - taken));
    INSERT INTO workflow_rate_hits (key, number, at, id, expires_at)
        SELECT hit_key, last_number + n.number, moment, n.id, moment + width
        FROM unnest(hit_ids) WITH ORDINALITY AS n(id, number) WHERE n.number <= granted;
    RETURN QUERY SELECT n.number, n.number <= granted, greatest(0, hit_max - taken - least(n.number, granted))::integer,
            extract(epoch FROM coalesce(first_at, moment) + width - moment)::double precision
        FROM unnest(hit_ids) WITH ORDINALITY AS n(id, number) ORDER BY n.number;
END
$$;
