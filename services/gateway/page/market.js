// What the page knows: messages in, values for the views out. No DOM here.

const keptPoints = 1200;
const keptSignals = 100;
const pointEvery = 250;

function newSymbol(name) {
  return {
    name, description: '', digits: undefined, pipPosition: undefined,
    bid: null, ask: null, sessionClose: null, mid: null, move: 'flat', book: null,
    noBook: '', points: [],
  };
}

/** Decimals to show when the symbol information has not come: yen pairs have three. */
function guessedDigits(symbol) {
  const any = symbol.bid ?? symbol.ask ?? symbol.mid;
  return any !== null && any >= 20 ? 3 : 5;
}

export class Market {
  symbols = new Map();
  connections = new Map();
  sources = new Map();
  signals = [];
  environment = '';
  dropped = 0;

  digits(symbol) { return symbol.digits ?? guessedDigits(symbol); }
  pipPosition(symbol) { return symbol.pipPosition ?? this.digits(symbol) - 1; }

  /** True when some source that this page lives on is not live. */
  notLive() {
    return [...this.sources.values()].filter(
        ({source, state}) => state !== 'live' && !source.endsWith('.historical'));
  }

  /** Takes one message of the gateway; gives the name of the view that it changes. */
  apply(message) {
    switch (message.type) {
      case 'hello':
        this.environment = message.environment;
        this.signals = [];  // the gateway sends the newest ones again
        return 'status';
      case 'symbol': {
        const symbol = this.symbol(message.symbol);
        symbol.description = message.description;
        symbol.digits = message.digits;
        symbol.pipPosition = message.pip_position;
        return 'symbol';
      }
      case 'spot': return this.applySpot(message);
      case 'book': return this.applyBook(message);
      case 'signal':
        // A subscription makes the gateway send again what it sent at first.
        if (this.signals.some(({position}) => position === message.position)) return '';
        this.signals.unshift(message);
        this.signals.length = Math.min(this.signals.length, keptSignals);
        return 'signals';
      case 'connection':
        this.connections.set(message.connection, message);
        return 'status';
      case 'status':
        this.sources.set(message.source, message);
        return 'status';
      case 'conflated':
        this.dropped += message.dropped;
        return 'status';
      default: return '';
    }
  }

  symbol(name) {
    if (!this.symbols.has(name)) this.symbols.set(name, newSymbol(name));
    return this.symbols.get(name);
  }

  applySpot(message) {
    const symbol = this.symbol(message.symbol);
    symbol.bid = message.bid;
    symbol.ask = message.ask;
    symbol.sessionClose = message.session_close;
    if (!symbol.book && message.bid !== null && message.ask !== null) {
      this.moveTo(symbol, (message.bid + message.ask) / 2, message.t);
    }
    return 'symbol';
  }

  applyBook(message) {
    const symbol = this.symbol(message.symbol);
    const empty = message.bids.length === 0 && message.asks.length === 0;
    symbol.book = empty ? null : message;
    symbol.noBook = message.reason ?? '';
    if (message.mid !== null) this.moveTo(symbol, message.mid, message.t);
    return 'symbol';
  }

  moveTo(symbol, mid, t) {
    if (symbol.mid !== null && mid !== symbol.mid) symbol.move = mid > symbol.mid ? 'up' : 'down';
    symbol.mid = mid;
    const last = symbol.points.at(-1);
    if (last && (t < last.t || t - last.t < pointEvery)) {
      last.mid = mid;
    } else {
      symbol.points.push({t, mid});
      if (symbol.points.length > keptPoints) symbol.points.shift();
    }
  }
}

/** Best bid and ask: the spot's, or the book's touch while no spot has come. */
export function touch(symbol) {
  const bid = symbol.bid ?? symbol.book?.bids[0]?.[0] ?? null;
  const ask = symbol.ask ?? symbol.book?.asks[0]?.[0] ?? null;
  return {bid, ask, spread: bid === null || ask === null ? null : ask - bid};
}
