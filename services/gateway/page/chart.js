// The mid price of the last minutes on a canvas.

import * as format from './format.js';

const shown = 5 * 60 * 1000;
const padding = {top: 10, right: 64, bottom: 18, left: 2};

export class ChartView {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
  }

  render(market, symbol) {
    const {width, height} = this.fit();
    this.context.clearRect(0, 0, width, height);
    const points = symbol?.points ?? [];
    if (points.length < 2) return;
    const end = points.at(-1).t;
    const visible = points.filter(({t}) => t >= end - shown);
    if (visible.length < 2) return;
    const scale = this.scale(visible, width, height, market.pipPosition(symbol));
    this.drawGrid(scale, width, market.digits(symbol), scale.y(visible.at(-1).mid));
    this.drawLine(visible, scale, height);
    this.drawLast(visible.at(-1), scale, width, market.digits(symbol), symbol.move);
  }

  /** Gives the canvas the pixels of the screen that it covers. */
  fit() {
    const ratio = devicePixelRatio || 1;
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== pixelWidth || this.canvas.height !== pixelHeight) {
      this.canvas.width = pixelWidth;
      this.canvas.height = pixelHeight;
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.style = getComputedStyle(this.canvas);
    return {width, height};
  }

  color(name) { return this.style.getPropertyValue(name).trim(); }

  scale(points, width, height, pipPosition) {
    const mids = points.map(({mid}) => mid);
    const least = 10 ** -pipPosition;  // never blow noise below a pip up to a full chart
    const middle = (Math.max(...mids) + Math.min(...mids)) / 2;
    const half = Math.max((Math.max(...mids) - Math.min(...mids)) / 2 * 1.1, least / 2);
    const [low, high] = [middle - half, middle + half];
    const [from, to] = [points[0].t, points.at(-1).t];
    return {
      low, high, from, to,
      x: (t) => padding.left + (t - from) / Math.max(to - from, 1) * (width - padding.left - padding.right),
      y: (mid) => padding.top + (high - mid) / (high - low) * (height - padding.top - padding.bottom),
      bottom: height - padding.bottom,
    };
  }

  drawGrid({low, high, from, to, x, y, bottom}, width, digits, yOfLast) {
    const context = this.context;
    context.font = '11px ui-sans-serif, system-ui, sans-serif';
    context.strokeStyle = this.color('--line');
    context.fillStyle = this.color('--muted');
    context.lineWidth = 1;
    for (const part of [0.1, 0.5, 0.9]) {
      const mid = low + (high - low) * part;
      context.beginPath();
      context.moveTo(padding.left, Math.round(y(mid)) + 0.5);
      context.lineTo(width - padding.right, Math.round(y(mid)) + 0.5);
      context.stroke();
      if (Math.abs(y(mid) - yOfLast) < 16) continue;  // the last price's own label is there
      context.textBaseline = 'middle';
      context.textAlign = 'left';
      context.fillText(format.price(mid, digits), width - padding.right + 6, y(mid));
    }
    context.textBaseline = 'top';
    for (const [t, align] of [[from, 'left'], [to, 'right']]) {
      context.textAlign = align;
      context.fillText(format.time(t), x(t), bottom + 5);
    }
  }

  drawLine(points, {x, y, bottom}) {
    const context = this.context;
    const line = new Path2D();
    points.forEach(({t, mid}, i) => {
      if (i === 0) return line.moveTo(x(t), y(mid));
      line.lineTo(x(t), y(points[i - 1].mid));  // a price stands until the next one
      line.lineTo(x(t), y(mid));
    });
    const area = new Path2D(line);
    area.lineTo(x(points.at(-1).t), bottom);
    area.lineTo(x(points[0].t), bottom);
    const shade = context.createLinearGradient(0, padding.top, 0, bottom);
    shade.addColorStop(0, this.color('--chart-shade'));
    shade.addColorStop(1, 'transparent');
    context.fillStyle = shade;
    context.fill(area);
    context.strokeStyle = this.color('--accent');
    context.lineWidth = 1.5;
    context.lineJoin = 'round';
    context.stroke(line);
  }

  drawLast({t, mid}, {x, y}, width, digits, move) {
    const context = this.context;
    const color = this.color(move === 'down' ? '--ask' : move === 'up' ? '--bid' : '--accent');
    context.fillStyle = color;
    context.beginPath();
    context.arc(x(t), y(mid), 3, 0, 2 * Math.PI);
    context.fill();
    context.beginPath();
    context.roundRect(width - padding.right + 2, y(mid) - 9, padding.right - 2, 18, 4);
    context.fill();
    context.fillStyle = this.color('--panel');
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillText(format.price(mid, digits), width - padding.right + 6, y(mid) + 0.5);
  }
}
