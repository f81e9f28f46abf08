-- What records of the journals become. Every row carries the position of its record: the key
-- (source, epoch, record_offset, time) makes a second copy impossible, also through a bug.
--   time          the record's own: event time of a tick, open time of a bar, else receive time
--   receive_time  stamped once at the edge; event_time: the server's
--   stored_at     when the row arrived here: the one column that a replay does not repeat
-- Prices, mid and spread are exact decimals in price units. Levels stay integers: {price, size}
-- pairs from the touch outwards, prices in points (1e-5), sizes in 1/100 of a unit.

CREATE TABLE ticks (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  provider      text        NOT NULL,
  symbol        text        NOT NULL,
  receive_time  timestamptz NOT NULL,
  event_time    timestamptz NOT NULL,
  side          text        NOT NULL CHECK (side IN ('bid', 'ask')),
  price         numeric     NOT NULL,
  synthetic     boolean     NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  -- A spot that moves both sides is two changes of one record.
  PRIMARY KEY (source, epoch, record_offset, time, side)
) PARTITION BY RANGE (time);
CREATE INDEX ON ticks (symbol, time);

CREATE TABLE market_depth (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  provider      text        NOT NULL,
  symbol        text        NOT NULL,
  receive_time  timestamptz NOT NULL,
  event_time    timestamptz NOT NULL,
  cause_source  text,
  cause_epoch   bigint,
  cause_offset  bigint,
  bids          bigint[]    COMPRESSION lz4 NOT NULL,
  asks          bigint[]    COMPRESSION lz4 NOT NULL,
  mid_price     numeric,
  spread        numeric,
  imbalance     double precision,
  weighted_mid  double precision,
  bid_depth     numeric     NOT NULL,
  ask_depth     numeric     NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON market_depth (symbol, time);

CREATE TABLE market_data_candles (
  source          text        NOT NULL,
  epoch           bigint      NOT NULL,
  record_offset   bigint      NOT NULL,
  time            timestamptz NOT NULL,
  environment     text        NOT NULL,
  provider_source text        NOT NULL,
  symbol          text        NOT NULL,
  receive_time    timestamptz NOT NULL,
  event_time      timestamptz NOT NULL,
  cause_source    text,
  cause_epoch     bigint,
  cause_offset    bigint,
  period          text        NOT NULL,
  origin          text        NOT NULL CHECK (origin IN ('live', 'aggregator', 'history')),
  open            numeric     NOT NULL,
  high            numeric     NOT NULL,
  low             numeric     NOT NULL,
  close           numeric     NOT NULL,
  ask_open        numeric,
  ask_high        numeric,
  ask_low         numeric,
  ask_close       numeric,
  tick_volume     bigint      NOT NULL,
  real_volume     bigint,
  synthetic       boolean     NOT NULL,
  stored_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON market_data_candles (symbol, time);

CREATE TABLE order_flow_signals (
  source            text        NOT NULL,
  epoch             bigint      NOT NULL,
  record_offset     bigint      NOT NULL,
  time              timestamptz NOT NULL,
  environment       text        NOT NULL,
  provider          text        NOT NULL,
  symbol            text        NOT NULL,
  receive_time      timestamptz NOT NULL,
  event_time        timestamptz NOT NULL,
  cause_source      text,
  cause_epoch       bigint,
  cause_offset      bigint,
  signal            text        NOT NULL,
  signal_time       timestamptz NOT NULL,
  value             double precision,
  z                 double precision,
  direction         smallint    NOT NULL CHECK (direction BETWEEN -1 AND 1),
  strength          double precision NOT NULL,
  confidence        double precision NOT NULL,
  basis             text        NOT NULL,
  quality           text        NOT NULL,
  n                 bigint      NOT NULL,
  window_ns         bigint      NOT NULL,
  params_hash       text        NOT NULL,
  state             text        NOT NULL,
  input_source      text        NOT NULL,
  input_epoch       bigint      NOT NULL,
  input_from_offset bigint      NOT NULL,
  input_to_offset   bigint      NOT NULL,
  stored_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON order_flow_signals (symbol, time);

CREATE TABLE sentiment_data (
  source            text        NOT NULL,
  epoch             bigint      NOT NULL,
  record_offset     bigint      NOT NULL,
  time              timestamptz NOT NULL,
  environment       text        NOT NULL,
  provider          text        NOT NULL,
  symbol            text        NOT NULL,
  receive_time      timestamptz NOT NULL,
  event_time        timestamptz NOT NULL,
  cause_source      text,
  cause_epoch       bigint,
  cause_offset      bigint,
  value             double precision,
  long_pct          double precision,
  short_pct         double precision,
  total_traders     bigint,
  label             text        NOT NULL,
  confidence        double precision NOT NULL,
  quality           text        NOT NULL,
  window_ns         bigint      NOT NULL,
  params_hash       text        NOT NULL,
  input_source      text        NOT NULL,
  input_epoch       bigint      NOT NULL,
  input_from_offset bigint      NOT NULL,
  input_to_offset   bigint      NOT NULL,
  stored_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON sentiment_data (symbol, time);

CREATE TABLE alerts (
  source            text        NOT NULL,
  epoch             bigint      NOT NULL,
  record_offset     bigint      NOT NULL,
  time              timestamptz NOT NULL,
  environment       text        NOT NULL,
  provider          text        NOT NULL,
  symbol            text        NOT NULL,
  receive_time      timestamptz NOT NULL,
  event_time        timestamptz NOT NULL,
  cause_source      text,
  cause_epoch       bigint,
  cause_offset      bigint,
  rule              text        NOT NULL,
  message           text        NOT NULL,
  value             double precision NOT NULL,
  input_source      text        NOT NULL,
  input_epoch       bigint      NOT NULL,
  input_from_offset bigint      NOT NULL,
  input_to_offset   bigint      NOT NULL,
  stored_at         timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON alerts (symbol, time);

CREATE TABLE data_quality (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  provider      text        NOT NULL,
  symbol        text        NOT NULL,
  receive_time  timestamptz NOT NULL,
  event_time    timestamptz NOT NULL,
  check_name    text        NOT NULL,
  detail        text        NOT NULL,
  value         double precision NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON data_quality (symbol, time);

CREATE TABLE news_events (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  provider      text        NOT NULL,
  symbol        text        NOT NULL,
  receive_time  timestamptz NOT NULL,
  event_time    timestamptz NOT NULL,
  title         text        NOT NULL,
  content       text        NOT NULL,
  currency      text        NOT NULL,
  impact        text        NOT NULL,
  category      text        NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON news_events (symbol, time);

CREATE TABLE economic_calendar (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  provider      text        NOT NULL,
  symbol        text        NOT NULL,
  receive_time  timestamptz NOT NULL,
  event_time    timestamptz NOT NULL,
  event         text        NOT NULL,
  currency      text        NOT NULL,
  impact        text        NOT NULL,
  actual        text        NOT NULL,
  forecast      text        NOT NULL,
  previous      text        NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON economic_calendar (symbol, time);

CREATE TABLE connection_log (
  source        text        NOT NULL,
  epoch         bigint      NOT NULL,
  record_offset bigint      NOT NULL,
  time          timestamptz NOT NULL,
  environment   text        NOT NULL,
  provider      text        NOT NULL,
  symbol        text        NOT NULL,
  receive_time  timestamptz NOT NULL,
  event_time    timestamptz NOT NULL,
  state         text        NOT NULL,
  reason        text        NOT NULL,
  connection    text        NOT NULL,
  endpoint      text        NOT NULL,
  account_id    bigint      NOT NULL,
  stored_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source, epoch, record_offset, time)
) PARTITION BY RANGE (time);
CREATE INDEX ON connection_log (symbol, time);
