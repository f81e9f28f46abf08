// Connections to the broker, and whether what we see is current.

const good = {ready: 'good', error: 'bad', disconnected: 'bad'};

export class StatusView {
  constructor({environment, connections, link, notice}) {
    Object.assign(this, {environment, connections, link, notice});
  }

  render(market, linkState) {
    this.environment.hidden = !market.environment;
    this.environment.textContent = market.environment;
    this.environment.dataset.environment = market.environment;
    this.connections.replaceChildren(...this.connectionItems(market));
    this.link.textContent = {connecting: 'connecting', open: 'connected', waiting: 'reconnecting'}[linkState];
    this.link.dataset.state = linkState === 'open' ? 'good' : 'waiting';
    const text = this.noticeText(market, linkState);
    this.notice.hidden = !text;
    this.notice.textContent = text;
  }

  /**
   * One per process that talks to the broker, and one per further account on its connection, as
   * streaming/1000002; the state of the process's log counts when that is not live.
   */
  connectionItems(market) {
    const names = new Set(market.connections.keys());
    for (const source of market.sources.keys()) {
      const name = source.slice(source.indexOf('.') + 1);
      if (name === 'streaming' || name === 'historical') names.add(name);
    }
    return [...names].sort().map((name) => {
      const connection = market.connections.get(name);
      const source = [...market.sources.values()].find((each) => each.source.endsWith(`.${name.split('/')[0]}`));
      const item = document.createElement('li');
      const state = this.connectionState(connection, source);
      item.className = 'connection';
      item.dataset.connection = name;
      item.dataset.state = good[state] ?? (state === 'disabled' ? 'off' : 'waiting');
      item.textContent = `${name} `;
      const label = document.createElement('b');
      label.textContent = state;
      item.append(label);
      item.title = [connection?.endpoint, connection?.reason].filter(Boolean).join(' – ');
      return item;
    });
  }

  connectionState(connection, source) {
    if (source && source.state !== 'live') return source.state === 'stale' ? 'stale' : source.state.replace('_', ' ');
    return connection?.state ?? 'unknown';
  }

  noticeText(market, linkState) {
    if (linkState === 'waiting') {
      return 'No connection to the gateway: what you see is old. Trying again.';
    }
    const late = market.notLive();
    if (late.length === 0) return '';
    return late.map(({source, state, lag, reason}) => {
      if (state === 'stale') return `${source} is quiet: its data is not current.`;
      if (state === 'halted') return `Halted: ${reason}.`;
      return `${source} is catching up${lag ? `: ${lag} records behind` : ''}.`;
    }).join(' ');
  }
}
