-- Who may do what. The roles are made before, by a superuser (docs/database.md); the owner of all
-- this runs migrations only.

-- The persister adds rows. It changes only what has a latest state: its checkpoint, symbols, and
-- the end of an outage. Partitions it makes and drops through functions of the owner.
GRANT INSERT ON ticks, market_depth, market_data_candles, order_flow_signals, sentiment_data,
  alerts, data_quality, news_events, economic_calendar, connection_log, symbols, outage, loss,
  dead_letter, checkpoint TO depthwire_persister;
GRANT SELECT ON symbols, outage, checkpoint, partitioned_table, table_partition, schema_migration
  TO depthwire_persister;
GRANT UPDATE ON symbols, checkpoint TO depthwire_persister;
GRANT UPDATE (ended_at, end_epoch, end_offset) ON outage TO depthwire_persister;

REVOKE ALL ON FUNCTION ensure_partition(text, timestamptz, boolean), make_partitions_ahead(),
  drop_expired_partitions(text, interval) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_partition(text, timestamptz, boolean), make_partitions_ahead(),
  drop_expired_partitions(text, interval) TO depthwire_persister;

-- The reader reads, also what later migrations add.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO depthwire_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO depthwire_reader;
