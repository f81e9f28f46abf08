// The DOM ladder: asks above, bids below, the touch in the middle.

import * as format from './format.js';

const levels = 10;

export class LadderView {
  constructor(rows, empty) {
    this.empty = empty;
    this.asks = this.makeRows('ask');
    this.bids = this.makeRows('bid');
    this.middle = document.createElement('div');
    this.middle.className = 'ladder-middle';
    rows.append(...[...this.asks].reverse().map((row) => row.element), this.middle,
        ...this.bids.map((row) => row.element));
    this.rows = rows;
  }

  render(market, symbol) {
    const book = symbol?.book;
    this.rows.hidden = !book;
    this.empty.hidden = Boolean(book);
    if (!book) {
      this.empty.textContent = symbol?.noBook ? `No book: ${symbol.noBook}.` : 'No book.';
      return;
    }
    const digits = market.digits(symbol);
    const largest = Math.max(...book.bids.slice(0, levels).map(([, size]) => size),
        ...book.asks.slice(0, levels).map(([, size]) => size), 1);
    this.fill(this.asks, book.asks, digits, largest);
    this.fill(this.bids, book.bids, digits, largest);
    this.middle.textContent = book.spread === null ? '' :
      `${format.pips(book.spread, market.pipPosition(symbol))} pips`;
  }

  makeRows(side) {
    return Array.from({length: levels}, () => {
      const element = document.createElement('div');
      element.className = `ladder-row ${side}-row`;
      element.setAttribute('role', 'row');
      const bar = document.createElement('div');
      bar.className = 'ladder-bar';
      const [bid, price, ask] = ['bid', 'price', 'ask'].map((part) => {
        const cell = document.createElement('span');
        cell.className = `ladder-${part}`;
        cell.setAttribute('role', 'cell');
        return cell;
      });
      element.append(bar, bid, price, ask);
      return {element, bar, price, size: side === 'bid' ? bid : ask};
    });
  }

  fill(rows, side, digits, largest) {
    rows.forEach((row, i) => {
      const level = side[i];
      row.element.classList.toggle('vacant', !level);
      row.price.textContent = level ? format.price(level[0], digits) : '';
      row.size.textContent = level ? format.size(level[1]) : '';
      row.bar.style.width = level ? `${(level[1] / largest * 100).toFixed(1)}%` : '0';
    });
  }
}
