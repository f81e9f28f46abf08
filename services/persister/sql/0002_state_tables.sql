-- Small tables: the latest of each symbol, what is missing, what could not be read, and how far
-- each journal has been stored.

CREATE TABLE symbols (
  environment        text        NOT NULL,
  provider           text        NOT NULL,
  symbol             text        NOT NULL,
  source             text        NOT NULL,
  epoch              bigint      NOT NULL,
  record_offset      bigint      NOT NULL,
  time               timestamptz NOT NULL,
  symbol_id          bigint      NOT NULL,
  digits             integer     NOT NULL,
  pip_position       integer     NOT NULL,
  lot_size_cents     bigint      NOT NULL,
  min_volume_cents   bigint      NOT NULL,
  max_volume_cents   bigint      NOT NULL,
  step_volume_cents  bigint      NOT NULL,
  base_asset         text        NOT NULL,
  quote_asset        text        NOT NULL,
  description        text        NOT NULL,
  enabled            boolean     NOT NULL,
  schedule_time_zone text        NOT NULL,
  -- {start, end} pairs in seconds since Sunday 00:00 of that zone.
  schedule           bigint[]    NOT NULL,
  stored_at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (environment, provider, symbol)
);
CREATE INDEX ON symbols (symbol, time);

-- One row per time without a source: opened by SOURCE_DOWN, closed by the next SOURCE_UP. An
-- SOURCE_UP that finds none open brings its own beginning.
CREATE TABLE outage (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  symbol        text        NOT NULL,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz,
  end_epoch     bigint,
  end_offset    bigint,
  reason        text        NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
);
CREATE INDEX ON outage (symbol, time);
CREATE INDEX outage_open ON outage (source) WHERE ended_at IS NULL;

-- Records that will never come. 'declared': the publisher says so in a LOSS record; 'aged_out':
-- its journal no longer held them when they were asked for.
CREATE TABLE loss (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  symbol        text        NOT NULL,
  kind          text        NOT NULL CHECK (kind IN ('declared', 'aged_out')),
  lost_source   text        NOT NULL,
  from_epoch    bigint      NOT NULL,
  from_offset   bigint      NOT NULL,
  to_epoch      bigint      NOT NULL,
  to_offset     bigint      NOT NULL,
  from_time     timestamptz,
  to_time       timestamptz,
  cause         text        NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time, kind)
);
CREATE INDEX ON loss (symbol, time);

-- Records that could not be taken, whole, so that they can be tried again after a repair. failed_*
-- is the record that failed: the row's own, or the input of the stage that reported it.
CREATE TABLE dead_letter (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  symbol        text        NOT NULL,
  topic         text        NOT NULL,
  payload_type  bigint      NOT NULL,
  reason        text        NOT NULL,
  failed_source text        NOT NULL,
  failed_epoch  bigint      NOT NULL,
  failed_offset bigint      NOT NULL,
  frame         bytea       NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
);
CREATE INDEX ON dead_letter (symbol, time);

-- The last record of each journal that has been stored; moves in the transaction of its rows.
CREATE TABLE checkpoint (
  source        text        NOT NULL PRIMARY KEY,
  environment   text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now()
);
