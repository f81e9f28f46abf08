-- Of several candles of one origin one that was built anew, since the first lacked ticks of an
-- outage, goes before others; then the one received last.
CREATE OR REPLACE VIEW candles AS
SELECT DISTINCT ON (environment, symbol, period, time)
       environment, symbol, period, time AS open_time, open, high, low, close, ask_open, ask_high,
       ask_low, ask_close, tick_volume, real_volume, provider_source, origin, synthetic,
       source, epoch, record_offset
FROM market_data_candles
ORDER BY environment, symbol, period, time,
         CASE origin WHEN 'history' THEN 1 WHEN 'aggregator' THEN 2 ELSE 3 END,
         synthetic DESC, receive_time DESC, epoch DESC, record_offset DESC, source;
