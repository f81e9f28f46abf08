-- Partitions by time, in UTC, made ahead and on demand for any time: a recording of 2012 and a
-- backfill are as welcome as today. Retention goes by arrival, not by the time of the rows: what
-- is years old but was stored today stays its full term.

CREATE TABLE partitioned_table (
  table_name text    NOT NULL PRIMARY KEY,
  unit       text    NOT NULL CHECK (unit IN ('day', 'week', 'month', 'year')),
  ahead      integer NOT NULL
);
INSERT INTO partitioned_table (table_name, unit, ahead) VALUES
  ('ticks', 'day', 2),
  ('market_depth', 'day', 2),
  ('order_flow_signals', 'day', 2),
  ('sentiment_data', 'week', 1),
  ('data_quality', 'month', 1),
  ('alerts', 'month', 1),
  ('connection_log', 'year', 1),
  ('news_events', 'year', 1),
  ('economic_calendar', 'year', 1),
  ('market_data_candles', 'year', 1);

CREATE TABLE table_partition (
  partition_name text        NOT NULL PRIMARY KEY,
  table_name     text        NOT NULL REFERENCES partitioned_table,
  begins         timestamptz NOT NULL,
  ends           timestamptz NOT NULL,
  created_on     date        NOT NULL DEFAULT current_date,
  last_stored_on date
);
CREATE INDEX ON table_partition (table_name, begins);

-- Makes the partition that holds `at` unless it is there, and notes the day when rows are about to
-- be stored in it. Made apart and then attached: readers of the table are not blocked.
CREATE FUNCTION ensure_partition(of_table text, at timestamptz, storing boolean)
RETURNS TABLE (begins timestamptz, ends timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  step  text;
  child text;
  lower_bound timestamptz;
  upper_bound timestamptz;
BEGIN
  SELECT unit INTO STRICT step FROM partitioned_table WHERE table_name = of_table;
  lower_bound := date_trunc(step, at, 'UTC');
  upper_bound := (lower_bound AT TIME ZONE 'UTC' + ('1 ' || step)::interval) AT TIME ZONE 'UTC';
  child := of_table || '_' || to_char(lower_bound AT TIME ZONE 'UTC', 'YYYYMMDD');
  IF NOT EXISTS (SELECT FROM table_partition WHERE partition_name = child) THEN
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, of_table);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   of_table, child, lower_bound, upper_bound);
    INSERT INTO table_partition (partition_name, table_name, begins, ends)
      VALUES (child, of_table, lower_bound, upper_bound);
  END IF;
  IF storing THEN
    UPDATE table_partition SET last_stored_on = current_date
      WHERE partition_name = child AND last_stored_on IS DISTINCT FROM current_date;
  END IF;
  RETURN QUERY SELECT lower_bound, upper_bound;
END $$;

-- The partitions that now and the near future need; returns how many there are of them.
CREATE FUNCTION make_partitions_ahead() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*)
  FROM partitioned_table AS t
  CROSS JOIN LATERAL generate_series(0, t.ahead) AS step
  CROSS JOIN LATERAL ensure_partition(t.table_name, now() + step * ('1 ' || t.unit)::interval,
                                      false) AS made
$$;

-- Drops the partitions of a table to which nothing has been stored for `keep`; returns how many.
-- Candles are small and kept for ever. A partition that somebody is reading stays for this time:
-- waiting for the reader would block all others behind us.
CREATE FUNCTION drop_expired_partitions(of_table text, keep interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  child   text;
  dropped integer := 0;
BEGIN
  IF of_table = 'market_data_candles' THEN
    RAISE EXCEPTION 'candles are kept: no retention applies to %', of_table;
  END IF;
  IF keep < interval '1 day' THEN
    RAISE EXCEPTION 'rows are kept for a day at least, not for %', keep;
  END IF;
  FOR child IN
    SELECT partition_name FROM table_partition
    WHERE table_name = of_table AND ends <= now()
      AND coalesce(last_stored_on, created_on) < current_date - keep
    ORDER BY begins
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE %I', child);
      DELETE FROM table_partition WHERE partition_name = child;
      dropped := dropped + 1;
    EXCEPTION WHEN lock_not_available THEN
      EXIT;
    END;
  END LOOP;
  RETURN dropped;
END $$;
