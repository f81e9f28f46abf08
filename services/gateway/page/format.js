// Numbers as people of this trade write them.

const defaultDigits = 5;

/** A price with the decimals of its symbol. */
export function price(value, digits = defaultDigits) {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}

/**
 * A price in three parts: what stands still, the two figures that are watched, and the point.
 * 1.08345 gives ['1.08', '34', '5']; with an even number of digits there is no last part.
 */
export function priceParts(value, digits = defaultDigits) {
  if (value === null || value === undefined) return ['–', '', ''];
  const text = value.toFixed(digits);
  const tail = digits % 2;
  if (digits < 2) return [text, '', ''];
  return [text.slice(0, text.length - 2 - tail), text.slice(text.length - 2 - tail, text.length - tail),
    text.slice(text.length - tail)];
}

/** The distance of two prices in pips; `pipPosition` is the decimal at which a pip stands. */
export function pips(distance, pipPosition) {
  if (distance === null || distance === undefined) return '–';
  return (distance * 10 ** pipPosition).toFixed(1);
}

/** 1,250,000 gives 1.25M. */
export function size(value) {
  if (value === null || value === undefined) return '–';
  const steps = [[1e9, 'B'], [1e6, 'M'], [1e3, 'K']];
  const step = steps.find(([unit]) => value >= unit);
  if (!step) return String(Math.round(value * 100) / 100);
  const scaled = value / step[0];
  return scaled.toFixed(scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2) + step[1];
}

/** +0.25 */
export function signed(value, decimals = 2) {
  if (value === null || value === undefined) return '–';
  const text = Math.abs(value).toFixed(decimals);
  return (value > 0 ? '+' : value < 0 ? '−' : '') + text;
}

/** HH:MM:SS of the reader's own clock. */
export function time(milliseconds) {
  return new Date(milliseconds).toLocaleTimeString([], {hour12: false});
}

/** LIQUIDITY_IMBALANCE gives Liquidity imbalance. */
export function words(name) {
  const text = name.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
