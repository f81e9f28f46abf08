// Signals as they come, newest first.

import * as format from './format.js';

const arrows = {'-1': '▼', '0': '◆', '1': '▲'};
const words = {'-1': 'down', '0': 'none', '1': 'up'};

export class SignalsView {
  items = new Map();

  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
  }

  /** `only` is a symbol's name, or empty for all. */
  render(market, only) {
    const signals = market.signals.filter(({symbol}) => !only || symbol === only).slice(0, 40);
    this.empty.hidden = signals.length > 0;
    const kept = new Map();
    for (const signal of signals) {
      kept.set(signal.position, this.items.get(signal.position) ?? this.make(signal));
    }
    this.items = kept;
    this.list.replaceChildren(...kept.values());
  }

  make(signal) {
    const item = document.createElement('li');
    item.className = 'signal';
    item.dataset.direction = words[signal.direction];
    item.dataset.signal = signal.signal;
    item.title = `from ${signal.inputs.source}:${signal.inputs.epoch}:` +
      `${signal.inputs.from_offset}-${signal.inputs.to_offset}`;
    const text = (className, content, tag = 'span') => {
      const element = document.createElement(tag);
      element.className = className;
      element.textContent = content;
      return element;
    };
    const strength = document.createElement('span');
    strength.className = 'signal-strength';
    const fill = document.createElement('span');
    fill.style.width = `${Math.round(signal.strength * 100)}%`;
    strength.append(fill);
    const state = signal.state ? ` · ${signal.state}` : '';
    item.append(
        text('signal-arrow', arrows[signal.direction]),
        text('signal-name', format.words(signal.signal) + state),
        text('signal-symbol', signal.symbol),
        text('signal-time', format.time(signal.t), 'time'),
        strength,
        text('signal-figures', `strength ${signal.strength.toFixed(2)} · ` +
          `confidence ${signal.confidence.toFixed(2)}`),
        text(`signal-basis basis-${signal.basis}`, signal.basis));
    return item;
  }
}
