// Draws the pitch and who is on it, as the videos do.

const canvas = document.getElementById("canvas");
const pen = canvas.getContext("2d");
const pitch = match.pitch;
const colours = match.colours;

// What is seen beyond the lines, u: the nets and a strip of grass.
const seenLength = 2 * 1.13 * pitch.half_length;
const seenWidth = 2 * (pitch.half_width + 0.055 * pitch.half_length);

// A full-size pitch (105 x 68 m), whose markings are carried over to this one.
const real = {length: 105, halfWidth: 34, goalHalfWidth: 3.66, circle: 9.15};

let scale = 1;  // canvas pixels per u
let ground = null;  // the grass and the goals, drawn once for each size
let markings = null;  // and the lines, which maps leave in sight

function fitCanvas() {
  const width = Math.max(1, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)));
  const height = Math.max(1, Math.round(width * seenWidth / seenLength));
  if (canvas.width === width && canvas.height === height && ground) return;
  canvas.width = width;
  canvas.height = height;
  scale = width / seenLength;
  [ground, markings] = [drawGround, drawMarkings].map((drawLayer) => {
    const layer = document.createElement("canvas");
    layer.width = width;
    layer.height = height;
    drawLayer(layer.getContext("2d"));
    return layer;
  });
}

function pixel(place) {
  return {x: canvas.width / 2 + place.x * scale, y: canvas.height / 2 - place.y * scale};
}

function disc(to, place, radius, colour) {
  const {x, y} = pixel(place);
  to.fillStyle = colour;
  to.beginPath();
  to.arc(x, y, radius * scale, 0, 2 * Math.PI);
  to.fill();
}

function ring(to, place, radius, width, colour) {
  const {x, y} = pixel(place);
  to.strokeStyle = colour;
  to.lineWidth = width;
  to.beginPath();
  to.arc(x, y, radius * scale, 0, 2 * Math.PI);
  to.stroke();
}

// A rectangle on whole canvas pixels: its upper left corner, width and height.
function area(left, below, right, above) {
  const from = pixel({x: left, y: above});
  const until = pixel({x: right, y: below});
  return [Math.round(from.x), Math.round(from.y), Math.round(until.x) - Math.round(from.x),
          Math.round(until.y) - Math.round(from.y)];
}

const lineWidth = () => Math.max(1, Math.round(canvas.width / 640));

function drawGround(to) {
  const {half_length: length, half_width: width, goal_half_width: mouth} = pitch;
  to.fillStyle = colours.surround;
  to.fillRect(0, 0, canvas.width, canvas.height);
  const stripes = 12;
  for (let stripe = 0; stripe < stripes; ++stripe) {
    const left = -length + 2 * length * stripe / stripes;
    to.fillStyle = stripe % 2 === 0 ? colours.light_grass : colours.dark_grass;
    to.fillRect(...area(left, -width, left + 2 * length / stripes, width));
  }

  for (const side of [-1, 1]) {
    const net = area(Math.min(side * length, side * (length + pitch.net_depth)), -mouth,
                     Math.max(side * length, side * (length + pitch.net_depth)), mouth);
    to.fillStyle = colours.net;
    to.fillRect(...net);
    const mesh = net[2] / 4;
    to.strokeStyle = "#ffffff52";
    to.lineWidth = 1;
    to.beginPath();
    for (let x = net[0] + mesh; x < net[0] + net[2] - 1; x += mesh) to.moveTo(x, net[1]), to.lineTo(x, net[1] + net[3]);
    for (let y = net[1] + mesh; y < net[1] + net[3] - 1; y += mesh) to.moveTo(net[0], y), to.lineTo(net[0] + net[2], y);
    to.stroke();
    to.strokeStyle = "#fff";
    to.lineWidth = lineWidth();
    to.strokeRect(...net);
  }
}

function drawMarkings(to) {
  const {half_length: length, half_width: width, goal_half_width: mouth} = pitch;
  const line = lineWidth();
  to.strokeStyle = "#fff";
  to.lineWidth = line;
  to.save();
  to.beginPath();
  to.rect(...area(-length, -width, length, width));
  to.clip();
  const perMetre = 2 * length / real.length;
  const besideGoal = (width - mouth) / (real.halfWidth - real.goalHalfWidth);
  const middle = area(0, -width, 0, width);
  to.fillStyle = "#fff";
  to.fillRect(middle[0] - Math.floor(line / 2), middle[1], line, middle[3]);
  ring(to, {x: 0, y: 0}, real.circle * perMetre, line, "#fff");
  disc(to, {x: 0, y: 0}, 1.6 * line / scale, "#fff");
  for (const x of [-length, length])
    for (const y of [-width, width]) ring(to, {x, y}, 1.5 * perMetre, line, "#fff");
  for (const side of [-1, 1]) {
    const end = side * length;
    for (const depth of [5.5, 16.5]) {
      const inner = end - side * depth * perMetre;
      const half = mouth + depth * besideGoal;
      to.strokeRect(...area(Math.min(end, inner), -half, Math.max(end, inner), half));
    }
    const spot = {x: end - side * 11 * perMetre, y: 0};
    disc(to, spot, 1.6 * line / scale, "#fff");
    const inner = end - side * 16.5 * perMetre;
    to.save();
    to.beginPath();
    to.rect(...area(Math.min(inner, 0), -width, Math.max(inner, 0), width));
    to.clip();
    ring(to, spot, real.circle * perMetre, line, "#fff");
    to.restore();
  }
  to.restore();
  to.strokeRect(...area(-length, -width, length, width));

  if (pitch.post_radius > 0)
    for (const x of [-length, length])
      for (const y of [-mouth, mouth]) {
        disc(to, {x: x + 0.1, y: y - 0.2}, pitch.post_radius, "#0004");
        disc(to, {x, y}, pitch.post_radius, colours.post_edge);
        disc(to, {x, y}, 0.8 * pitch.post_radius, "#fff");
      }
}

// A line that grows from nothing at the first place to the ball's width at the last. Its pieces are filled as one path,
// all turning the same way, so that they do not show where they overlap.
function drawTrail(trail) {
  pen.fillStyle = "#ffffff70";
  pen.beginPath();
  for (let i = 1; i < trail.length; ++i) {
    const [from, to] = [pixel(trail[i - 1]), pixel(trail[i])];
    const [thin, thick] = [i - 1, i].map((at) => 0.85 * pitch.ball_radius * scale * at / (trail.length - 1));
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const across = {x: (to.y - from.y) / length, y: (from.x - to.x) / length};
    pen.moveTo(from.x + thin * across.x, from.y + thin * across.y);
    pen.lineTo(to.x + thick * across.x, to.y + thick * across.y);
    pen.lineTo(to.x - thick * across.x, to.y - thick * across.y);
    pen.lineTo(from.x - thin * across.x, from.y - thin * across.y);
    pen.closePath();
    pen.moveTo(to.x + thick, to.y);
    pen.arc(to.x, to.y, thick, 0, 2 * Math.PI);
  }
  pen.fill();
}

function drawPlayer(place, team, number) {
  const radius = pitch.player_radius;
  const keeper = pitch.keepers && number === 1;
  disc(pen, place, radius, "#fff");
  disc(pen, place, 0.88 * radius, colours[(keeper ? "keeper_" : "team_") + "ab"[team]]);
  const height = radius * scale * (number > 9 ? 0.95 : 1.15);
  if (height < 9) return;
  const {x, y} = pixel(place);
  pen.fillStyle = "#fff";
  pen.font = `700 ${height}px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  pen.fillText(number, x, y + 0.36 * height);
}

// Players, ball, trail and marks of kicks at a time.
function drawBodies(time) {
  const everybody = [];
  for (let body = 0; body < ball; ++body) {
    const team = body < match.players[0] ? 0 : 1;
    everybody.push({place: bodyAt(time, body), team, number: body - team * match.players[0] + 1});
  }
  const ballPlace = bodyAt(time, ball);
  if (pitch.kick_reach > 0)
    for (const {place, team} of everybody) {
      disc(pen, place, pitch.kick_reach, colours["team_" + "ab"[team]] + "29");
      ring(pen, place, pitch.kick_reach, Math.max(1, canvas.width / 850), "#ffffff73");
    }
  for (const {place} of everybody) {
    const shadow = {x: place.x + 0.15 * pitch.player_radius, y: place.y - 0.3 * pitch.player_radius};
    disc(pen, shadow, pitch.player_radius, "#00000038");
  }
  drawTrail(trailAt(time));
  for (const kick of freshKicks(time))
    ring(pen, kick.place, pitch.ball_radius * (1.3 + 2.2 * kick.age),
         Math.max(1.5, canvas.width / 256 * (1 - kick.age)),
         (kick.shot ? colours.highlight : "#ffffff") + Math.round(230 * (1 - kick.age)).toString(16).padStart(2, "0"));
  for (const {place, team, number} of everybody) drawPlayer(place, team, number);
  disc(pen, {x: ballPlace.x + 0.1, y: ballPlace.y - 0.2}, pitch.ball_radius, "#00000048");
  disc(pen, ballPlace, pitch.ball_radius, colours.ball_line);
  disc(pen, ballPlace, 0.8 * pitch.ball_radius, colours.ball);
}

// A card in the middle that tells who scored.
function drawGoalCard(goal) {
  const size = Math.max(canvas.width / 1280, 0.42);
  const name = names[goal.team];
  const family = 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';
  pen.font = `600 ${26 * size}px ${family}`;
  const halfWidth = Math.min(Math.max(190 * size, pen.measureText(name).width / 2 + 36 * size), 0.42 * canvas.width);
  const halfHeight = 76 * size;
  const {x, y} = pixel({x: 0, y: 0});
  const card = (beyond, colour) => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.roundRect(x - halfWidth - beyond, y - halfHeight - beyond, 2 * (halfWidth + beyond), 2 * (halfHeight + beyond),
                  16 * size + beyond);
    pen.fill();
  };
  pen.shadowColor = "#0007";
  pen.shadowBlur = 30 * size;
  card(4 * size, "#fff");
  pen.shadowColor = "transparent";
  card(0, colours["team_" + "ab"[goal.team]]);
  pen.fillStyle = "#fff";
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  pen.fillText(name, x, y + 50 * size, 2 * halfWidth - 24 * size);
  pen.font = `800 ${72 * size}px ${family}`;
  pen.fillText("GOAL", x, y + 8 * size);
}
