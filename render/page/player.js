// Playing, pausing and seeking: what the buttons and keys do, and what is shown then.

const element = (id) => document.getElementById(id);

const speeds = [0.25, 0.5, 1, 2, 4, 8];

// Seconds for which a goal is celebrated at speed 1, and how a long step of the keyboard is.
const celebration = 1.1;
const longStep = 10;

const now = {time: 0, playing: false, speed: 1, celebrated: 0, whole: false, heat: [false, false], shots: false};

let frameWanted = 0;
let lastFrame = 0;

// Draws everything as it is now, once however often it is asked for before the next frame.
function show() {
  if (!frameWanted) frameWanted = requestAnimationFrame(frame);
}

function frame(at) {
  frameWanted = 0;
  if (now.playing) {
    advance(Math.min(0.1, Math.max(0, (at - lastFrame) / 1000)) * now.speed);
    show();
  }
  lastFrame = at;
  draw();
}

// Goes on by so many seconds of play; a goal holds the match until it is celebrated.
function advance(seconds) {
  if (goalAt.has(now.time) && now.celebrated < celebration) {
    now.celebrated += seconds;
    return;
  }
  const next = now.time + seconds * stepsPerSecond;
  const goal = goals.find((one) => one.step > now.time && one.step <= next);
  now.celebrated = 0;
  now.time = goal ? goal.step : Math.min(next, lastStep);
  if (now.time >= lastStep && !goal) now.playing = false;
}

function draw() {
  fitCanvas();
  const part = now.whole ? lastStep : Math.floor(now.time);
  const heatShown = now.heat[0] || now.heat[1];
  const mapShown = heatShown || now.shots;
  pen.globalAlpha = 1;
  pen.drawImage(ground, 0, 0);
  if (mapShown) {
    pen.fillStyle = heatShown ? "#08101cc8" : "#08101c80";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  for (const team of [0, 1]) if (now.heat[team]) drawHeat(team, part, !now.heat[1 - team]);
  pen.globalAlpha = mapShown ? 0.5 : 1;
  pen.drawImage(markings, 0, 0);
  pen.globalAlpha = now.shots ? 0.3 : heatShown ? 0.85 : 1;  // marks of shots look much like players
  drawBodies(now.time);
  pen.globalAlpha = 1;
  if (now.shots) drawShots(part);
  const goal = goalAt.get(now.time);
  if (goal && !mapShown) drawGoalCard(goal);

  scoreAt(now.time).forEach((count, team) => {
    const box = element("goals_" + "ab"[team]);
    if (box.textContent === String(count)) return;
    box.textContent = count;
    box.classList.toggle("scored", goal !== undefined && goal.team === team);
  });
  element("step").textContent = `${Math.floor(now.time)} / ${match.steps}`;
  element("scrub").value = now.time;
  element("scrub").setAttribute("aria-valuetext", `step ${Math.floor(now.time)} of ${match.steps}`);
  element("scrub").style.setProperty("--played", `calc(8px + ${now.time / lastStep} * (100% - 16px))`);
  element("start").hidden = now.playing || now.time > 0;
  element("play_shape").setAttribute("d", now.playing ? "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z" : "M8 5.2v13.6L19 12z");
  element("play").setAttribute("aria-label", now.playing ? "Pause" : "Play");
  showFigures(part);
  showGoals(now.time);
}

function play(playing) {
  if (playing && now.time >= lastStep) seek(0);
  now.playing = playing;
  lastFrame = performance.now();
  show();
}

function seek(time) {
  now.time = Math.min(Math.max(time, 0), lastStep);
  now.celebrated = 0;
  show();
}

function step(by) {
  now.playing = false;
  seek(by > 0 ? Math.floor(now.time) + by : Math.ceil(now.time) + by);
}

function setSpeed(speed) {
  now.speed = speed;
  element("speed").value = speed;
}

function changeSpeed(by) {
  setSpeed(speeds[Math.min(Math.max(speeds.indexOf(now.speed) + by, 0), speeds.length - 1)]);
}

function nextGoal() {
  const goal = goals.find((one) => one.step > now.time) || goals[0];
  if (goal) seek(goal.step);
}

function showPart(whole) {
  now.whole = whole;
  element("whole").setAttribute("aria-checked", whole);
  element("so_far").setAttribute("aria-checked", !whole);
  show();
}

// Switches a map on or off. A map of a match that has hardly begun shows nothing: then it is of the whole match.
function switchMap(button, on) {
  button.setAttribute("aria-pressed", on);
  if (on && now.time < 0.1 * lastStep) showPart(true);
  const {heat, shots} = now;
  const words = [];
  if (heat[0] || heat[1]) words.push("Brightest where the players were most often.");
  if (shots) words.push(`${names[0]} ●, ${names[1]} ◆. Goals: large, with a line into the net (own goals: dashed).`);
  element("legend").textContent = words.join(" ");
  element("legend").hidden = words.length === 0;
  show();
}

const toggles = {
  1: () => switchMap(element("map_a"), now.heat[0] = !now.heat[0]),
  2: () => switchMap(element("map_b"), now.heat[1] = !now.heat[1]),
  3: () => switchMap(element("map_shots"), now.shots = !now.shots),
};

const keys = {
  " ": () => play(!now.playing),
  ArrowLeft: (event) => step(event.shiftKey ? -longStep : -1),
  ArrowRight: (event) => step(event.shiftKey ? longStep : 1),
  ArrowUp: () => changeSpeed(1),
  ArrowDown: () => changeSpeed(-1),
  Home: () => seek(0),
  End: () => seek(lastStep),
  g: nextGoal,
  ...toggles,
};

document.addEventListener("keydown", (event) => {
  const focused = event.target instanceof Element ? event.target.closest("button, select") : null;
  const action = keys[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey || focused?.tagName === "SELECT") return;
  if (event.key === " " && focused) return;  // it presses the button
  event.preventDefault();
  action(event);
});

// A button that was pressed with the mouse lets go of the keyboard, so that the space bar plays and pauses again.
document.addEventListener("click", (event) => {
  if (event.detail > 0) event.target.closest?.("button")?.blur();
});

// A link to a moment: match.html#step=90.
function seekFromAddress() {
  const named = /^#step=(\d+)$/.exec(location.hash);
  if (named) seek(Number(named[1]));
}

function prepare() {
  document.title = `${names.join(" - ")} | matchday`;
  for (const [name, colour] of Object.entries(colours)) document.documentElement.style.setProperty("--" + name, colour);
  document.documentElement.style.setProperty("--aspect", seenLength / seenWidth);
  ["a", "b"].forEach((letter, team) => {
    element("name_" + letter).textContent = element("name_" + letter).title = names[team];
    element("map_" + letter).textContent = `Heat: ${names[team]}`;
  });
  for (const speed of speeds) element("speed").append(new Option(`${speed}×`, speed));
  setSpeed(1);
  element("scrub").max = lastStep;
  goals.forEach((goal, index) => {
    const mark = document.createElement("button");
    mark.className = "mark " + "ab"[goal.team];
    mark.style.left = `${100 * goal.step / lastStep}%`;
    mark.title = `Goal: ${goalWords(goal)}`;
    mark.setAttribute("aria-label", `Goal in step ${goal.step}: ${goalWords(goal)}`);
    for (const button of [mark, goalButtons[index]]) button.addEventListener("click", () => seek(goal.step));
    element("marks").append(mark);
  });
  element("play").addEventListener("click", () => play(!now.playing));
  element("start").addEventListener("click", () => play(true));
  canvas.addEventListener("click", () => play(!now.playing));
  element("scrub").addEventListener("input", () => seek(Number(element("scrub").value)));
  element("scrub").addEventListener("change", () => seek(Math.round(now.time)));
  element("speed").addEventListener("change", () => setSpeed(Number(element("speed").value)));
  element("map_a").addEventListener("click", toggles[1]);
  element("map_b").addEventListener("click", toggles[2]);
  element("map_shots").addEventListener("click", toggles[3]);
  element("so_far").addEventListener("click", () => showPart(false));
  element("whole").addEventListener("click", () => showPart(true));
  new ResizeObserver(show).observe(canvas);
  window.addEventListener("hashchange", seekFromAddress);
  seekFromAddress();
  show();
}

prepare();
