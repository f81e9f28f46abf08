// The list of symbols. Rows are made once and then only changed.

import * as format from './format.js';
import {touch} from './market.js';

export class SymbolsView {
  rows = new Map();

  constructor(list, empty, onChoose) {
    this.list = list;
    this.empty = empty;
    this.onChoose = onChoose;
    list.addEventListener('keydown', (event) => this.moveFocus(event));
  }

  render(market, chosen) {
    const names = [...market.symbols.keys()];
    this.empty.hidden = names.length > 0;
    if (names.length !== this.rows.size) this.rebuild(names.sort());
    for (const [name, row] of this.rows) {
      const symbol = market.symbols.get(name);
      const {spread} = touch(symbol);
      row.button.setAttribute('aria-selected', String(name === chosen));
      row.price.textContent = format.price(symbol.mid, market.digits(symbol));
      row.price.dataset.move = symbol.move;
      row.spread.textContent = format.pips(spread, market.pipPosition(symbol));
    }
  }

  rebuild(names) {
    this.rows.clear();
    this.list.replaceChildren(...names.map((name) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'symbols-row';
      button.setAttribute('role', 'option');
      button.dataset.symbol = name;
      const [label, price, spread] = ['name', 'mid', 'pips'].map((part) => {
        const cell = document.createElement('span');
        cell.className = `symbols-${part}`;
        return cell;
      });
      label.textContent = name;
      button.append(label, price, spread);
      button.addEventListener('click', () => this.onChoose(name));
      this.rows.set(name, {button, price, spread});
      return button;
    }));
  }

  moveFocus(event) {
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!step) return;
    const buttons = [...this.list.children];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}
