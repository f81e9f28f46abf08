// The chosen symbol: its price large, the figures under it, the imbalance gauge.

import * as format from './format.js';
import {touch} from './market.js';

export class QuoteView {
  constructor(byId) {
    this.byId = byId;
  }

  render(market, symbol) {
    if (!symbol) return;
    const digits = market.digits(symbol);
    const {bid, ask, spread} = touch(symbol);
    const [big, pips, point] = format.priceParts(symbol.mid, digits);
    this.text('symbol', symbol.name);
    this.text('description', symbol.description);
    this.text('price-big', big);
    this.text('price-pips', pips);
    this.text('price-point', point);
    this.byId('price').dataset.move = symbol.move;
    this.text('bid', format.price(bid, digits));
    this.text('ask', format.price(ask, digits));
    const pipPosition = market.pipPosition(symbol);
    this.text('spread', spread === null ? '–' : `${format.pips(spread, pipPosition)} pips`);
    this.renderChange(symbol, bid);
    this.renderGauge(symbol.book);
    document.title = symbol.mid === null ? 'Depthwire' :
      `${format.price(symbol.mid, digits)} ${symbol.name} · Depthwire`;
  }

  renderChange(symbol, bid) {
    const known = symbol.sessionClose && bid !== null;
    const change = known ? (bid / symbol.sessionClose - 1) * 100 : null;
    this.text('change', known ? `${format.signed(change)} %` : '–');
    this.byId('change').className = change > 0 ? 'bid' : change < 0 ? 'ask' : '';
  }

  renderGauge(book) {
    const imbalance = book?.imbalance ?? null;
    this.text('imbalance', format.signed(imbalance));
    this.text('bid-depth', book ? format.size(book.bid_depth) : '–');
    this.text('ask-depth', book ? format.size(book.ask_depth) : '–');
    const fill = this.byId('gauge-fill');
    const share = Math.min(Math.abs(imbalance ?? 0), 1) * 50;
    fill.style.left = `${imbalance < 0 ? 50 - share : 50}%`;
    fill.style.width = `${share}%`;
    fill.dataset.side = imbalance < 0 ? 'ask' : 'bid';
    this.byId('gauge').setAttribute('aria-valuenow', (imbalance ?? 0).toFixed(2));
  }

  text(id, content) {
    const element = this.byId(id);
    if (element.textContent !== content) element.textContent = content;
  }
}
