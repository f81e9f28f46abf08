// The live page: messages change the market, and once a frame the views show what changed.

import {ChartView} from './chart.js';
import {connect} from './connection.js';
import {LadderView} from './ladder.js';
import {Market} from './market.js';
import {QuoteView} from './quote.js';
import {SignalsView} from './signals.js';
import {StatusView} from './status.js';
import {SymbolsView} from './symbols.js';

const byId = (id) => document.getElementById(id);
const market = new Market();
const changed = new Set(['status', 'symbol', 'signals']);
let chosen = decodeURIComponent(location.hash.slice(1));
let linkState = 'connecting';
let scheduled = false;

const symbols = new SymbolsView(byId('symbols'), byId('symbols-empty'), choose);
const quote = new QuoteView(byId);
const ladder = new LadderView(byId('ladder'), byId('ladder-empty'));
const chart = new ChartView(byId('chart'));
const signals = new SignalsView(byId('signals'), byId('signals-empty'));
const status = new StatusView({
  environment: byId('environment'), connections: byId('connections'),
  link: byId('link'), notice: byId('notice'),
});

function choose(name) {
  chosen = name;
  history.replaceState(null, '', `#${encodeURIComponent(name)}`);
  show('symbol');
  show('signals');
}

function show(view) {
  if (view) changed.add(view);
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(render);
}

function render() {
  scheduled = false;
  if (!market.symbols.has(chosen) && market.symbols.size > 0 && changed.has('symbol')) {
    chosen = [...market.symbols.keys()].sort()[0];
  }
  const symbol = market.symbols.get(chosen);
  if (changed.has('symbol')) {
    symbols.render(market, chosen);
    quote.render(market, symbol);
    ladder.render(market, symbol);
    chart.render(market, symbol);
  }
  if (changed.has('signals')) {
    signals.render(market, byId('signals-all').checked ? '' : chosen);
  }
  if (changed.has('status')) {
    status.render(market, linkState);
    document.body.classList.toggle('old', linkState === 'waiting' || market.notLive().length > 0);
  }
  changed.clear();
}

byId('signals-all').addEventListener('change', () => show('signals'));
addEventListener('resize', () => show('symbol'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => show('symbol'));

connect({
  streams: ['book', 'spot', 'signal', 'symbol', 'connection'],
  onMessage: (message) => show(market.apply(message)),
  onState: (state) => {
    linkState = state;
    show('status');
  },
});
