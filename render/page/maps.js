// The maps that can be laid over the pitch: where a team was, and where both shot from.

// A cell of the heat maps, u, and over how many cells each player's place is spread (a Gaussian's deviation).
const cellSize = pitch.half_length / 40;
const spread = 1.6;
const columns = Math.ceil(2 * pitch.half_length / cellSize);
const rows = Math.ceil(2 * pitch.half_width / cellSize);

// How often a team's players were in each cell, counted up to a step.
const presence = [0, 1].map(() => ({counted: -1, cells: new Float32Array(columns * rows)}));

function countPresence(team, until) {
  const counts = presence[team];
  if (until < counts.counted) {
    counts.counted = -1;
    counts.cells.fill(0);
  }
  const first = team === 0 ? 0 : match.players[0];
  for (let step = counts.counted + 1; step <= until; ++step)
    for (let body = first; body < first + match.players[team]; ++body) {
      const {x, y} = placeAt(step, body);
      const column = Math.min(columns - 1, Math.max(0, Math.floor((x + pitch.half_length) / cellSize)));
      const row = Math.min(rows - 1, Math.max(0, Math.floor((pitch.half_width - y) / cellSize)));
      ++counts.cells[row * columns + column];
    }
  counts.counted = until;
  return counts.cells;
}

// Spreads each cell over its neighbours, along the rows and then along the columns.
function spreadOut(cells) {
  const reach = Math.ceil(3 * spread);
  const weights = Array.from({length: 2 * reach + 1}, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * spread ** 2)));
  const along = (from, count, stride, lines, lineStride) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; ++line)
      for (let i = 0; i < count; ++i) {
        let sum = 0;
        for (let k = -reach; k <= reach; ++k)
          if (i + k >= 0 && i + k < count) sum += weights[k + reach] * from[line * lineStride + (i + k) * stride];
        to[line * lineStride + i * stride] = sum;
      }
    return to;
  };
  return along(along(cells, columns, 1, rows, columns), rows, columns, columns, 1);
}

const heatImages = [0, 1].map(() => {
  const image = document.createElement("canvas");
  image.width = columns;
  image.height = rows;
  return {image, drawn: ""};
});

// A team's heat map as a small image: clear where nobody was, over the team's colour to near white where it was most
// often. Together with the other team's it stays in its colour, so that white does not stand for both.
function heatImage(team, until, alone) {
  const heat = heatImages[team];
  if (heat.drawn === `${until} ${alone}`) return heat.image;
  heat.drawn = `${until} ${alone}`;
  const cells = spreadOut(countPresence(team, until));
  // The keeper stands still and would outshine all others: whatever a hundredth of the cells exceeds is full.
  const full = Float32Array.from(cells).sort()[Math.floor(0.99 * cells.length)] || 1;
  const colour = [1, 3, 5].map((at) => parseInt(colours["team_" + "ab"[team]].slice(at, at + 2), 16));
  const data = new ImageData(columns, rows);
  cells.forEach((cell, i) => {
    const share = Math.sqrt(Math.min(1, cell / full));
    const light = Math.max(0, (share - 0.55) / 0.45) ** 1.4;
    colour.forEach((part, channel) => { data.data[4 * i + channel] = part + (255 - part) * (alone ? 0.85 : 0.15) * light; });
    data.data[4 * i + 3] = 240 * Math.min(1, 1.25 * share);
  });
  heat.image.getContext("2d").putImageData(data, 0, 0);
  return heat.image;
}

function drawHeat(team, until, alone) {
  const corner = pixel({x: -pitch.half_length, y: pitch.half_width});
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.globalCompositeOperation = "screen";  // so that neither team's map hides the other's
  pen.drawImage(heatImage(team, until, alone), corner.x, corner.y, columns * cellSize * scale, rows * cellSize * scale);
  pen.globalCompositeOperation = "source-over";
}

// A's shots are circles, B's diamonds, so that they are told apart without colour too.
function shotMark(place, team, size) {
  const {x, y} = pixel(place);
  pen.beginPath();
  if (team === 0) pen.arc(x, y, size, 0, 2 * Math.PI);
  else for (const [dx, dy] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) pen.lineTo(x + 1.25 * size * dx, y + 1.25 * size * dy);
  pen.closePath();
}

function drawShots(until) {
  const size = Math.max(4, canvas.width / 190);
  pen.lineWidth = Math.max(1, canvas.width / 900);
  for (const kick of kicks) {
    if (!kick.shot || kick.step > until) continue;
    shotMark(kick.place, kick.team, 0.8 * size);
    pen.fillStyle = colours["team_" + "ab"[kick.team]] + "99";
    pen.fill();
    pen.strokeStyle = "#ffffff99";
    pen.stroke();
  }
  for (const goal of goals) {
    if (goal.step > until) continue;
    const from = goal.kick ? goal.kick.place : placeAt(goal.step - 1, ball);
    const [start, end] = [pixel(from), pixel(goal.place)];
    pen.strokeStyle = colours.highlight;
    pen.lineWidth = Math.max(1.5, canvas.width / 500);
    pen.setLineDash(goal.own ? [6, 6] : []);
    pen.beginPath();
    pen.moveTo(start.x, start.y);
    pen.lineTo(end.x, end.y);
    pen.stroke();
    pen.setLineDash([]);
    shotMark(from, goal.team, 1.45 * size);
    pen.fillStyle = colours["team_" + "ab"[goal.team]];
    pen.fill();
    pen.lineWidth = Math.max(2, canvas.width / 420);
    pen.stroke();
    disc(pen, goal.place, 0.5 * size / scale, colours.highlight);
  }
}
