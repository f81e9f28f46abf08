-- Levels the way people query them: [{"price": 1.08748, "size": 50000.00}, ...], touch first.
CREATE FUNCTION levels_json(levels bigint[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(
    jsonb_agg(jsonb_build_object('price', round(levels[i][1] / 100000.0, 5),
                                 'size', round(levels[i][2] / 100.0, 2)) ORDER BY i),
    '[]'::jsonb)
  FROM generate_subscripts(levels, 1) AS i
$$;

CREATE VIEW market_depth_json AS
SELECT time, environment, provider, symbol, levels_json(bids) AS bids, levels_json(asks) AS asks,
       mid_price, spread, imbalance, weighted_mid, bid_depth, ask_depth, receive_time, event_time,
       source, epoch, record_offset
FROM market_depth;

-- One candle per symbol, period and open time: history before our own aggregation before the
-- live bar, and of several of one origin the one received last.
CREATE VIEW candles AS
SELECT DISTINCT ON (environment, symbol, period, time)
       environment, symbol, period, time AS open_time, open, high, low, close, ask_open, ask_high,
       ask_low, ask_close, tick_volume, real_volume, provider_source, origin, synthetic,
       source, epoch, record_offset
FROM market_data_candles
ORDER BY environment, symbol, period, time,
         CASE origin WHEN 'history' THEN 1 WHEN 'aggregator' THEN 2 ELSE 3 END,
         receive_time DESC, epoch DESC, record_offset DESC, source;
