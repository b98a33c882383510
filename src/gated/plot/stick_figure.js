// Draws a stick figure on a canvas: bones and their shadow on a grid, seen from a turning view.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const motion = JSON.parse(byId("motion").textContent);
  const bytes = Uint8Array.from(atob(motion.places), (one) => one.charCodeAt(0));
  const places = new DataView(bytes.buffer);
  const canvas = byId("stage"), pen = canvas.getContext("2d");
  const play = byId("play"), bar = byId("time"), clock = byId("clock"), speed = byId("speed");
  const last = motion.frames - 1, seconds = last * motion.frameTime;
  const FIRST_VIEW = { turn: 0.5, tilt: 0.2, zoom: 1 };
  const CELLS = 5; // of the grid, to each side of the figure
  const DISTANCE = 3.6; // of the eye, in heights of the body
  let view = { ...FIRST_VIEW }, frame = 0, playing = false, before = null, colours = {};

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["near", "far", "joint", "shadow", "grid"]) {
      colours[name] = style.getPropertyValue("--" + name).trim();
    }
  }

  function placeAt(index, point, axis) {
    const at = 2 * ((index * motion.points + point) * 3 + axis);
    return motion.low[axis] + motion.unit * places.getInt16(at, true);
  }

  // The places of all points between two frames: [[x, y, z], …].
  function pose() {
    const begin = Math.min(Math.floor(frame), last), end = Math.min(begin + 1, last);
    const share = frame - begin, points = [];
    for (let point = 0; point < motion.points; point++) {
      points.push([0, 1, 2].map((axis) =>
        (1 - share) * placeAt(begin, point, axis) + share * placeAt(end, point, axis)));
    }
    return points;
  }

  // A function from a place to pixels and depth; the view follows `target` on the ground.
  function camera(target) {
    const [sinTurn, cosTurn] = [Math.sin(view.turn), Math.cos(view.turn)];
    const [sinTilt, cosTilt] = [Math.sin(view.tilt), Math.cos(view.tilt)];
    const size = 0.68 * Math.min(canvas.height, canvas.width) * view.zoom;
    return ([x, y, z]) => {
      const h = motion.height, [dx, dz] = [(x - target[0]) / h, (z - target[2]) / h];
      const dy = (y - motion.ground) / h - 0.48;
      const right = cosTurn * dx - sinTurn * dz, toward = sinTurn * dx + cosTurn * dz;
      const up = cosTilt * dy - sinTilt * toward, near = sinTilt * dy + cosTilt * toward;
      const scale = DISTANCE / Math.max(DISTANCE - near, 0.2);
      return [canvas.width / 2 + right * scale * size, canvas.height / 2 - up * scale * size, scale];
    };
  }

  function line(from, to, width, colour) {
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0], to[1]);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }

  // Lines at fixed places of the ground, fainter away from the figure.
  function drawGrid(project, target) {
    const step = motion.height / 2;
    const centre = [0, 2].map((axis) => Math.round(target[axis] / step));
    for (let a = -CELLS; a <= CELLS; a++) {
      for (let b = -CELLS; b < CELLS; b++) {
        const away = Math.hypot(a, b + 0.5) / CELLS;
        if (away >= 1) continue;
        pen.globalAlpha = 0.75 * (1 - away);
        for (const flip of [false, true]) {
          const ends = [b, b + 1].map((other) => {
            const [i, j] = flip ? [other, a] : [a, other];
            return project([(centre[0] + i) * step, motion.ground, (centre[1] + j) * step]);
          });
          line(ends[0], ends[1], devicePixelRatio, colours.grid);
        }
      }
    }
    pen.globalAlpha = 1;
  }

  // Short bones, such as those of fingers, are thin: in units of the thickest.
  const thickness = motion.bones.map(([a, b]) => {
    const length = Math.hypot(...[0, 1, 2].map((axis) => placeAt(0, a, axis) - placeAt(0, b, axis)));
    return Math.min(1, 0.25 + 8 * length / motion.height);
  });
  const radius = Array.from({ length: motion.points }, (_, point) => {
    const touching = thickness.filter((_, bone) => motion.bones[bone].includes(point));
    return 0.34 * Math.min(...touching, 1);
  });

  function drawShadow(project, points, thick) {
    const onGround = points.map(([x, , z]) => project([x, motion.ground, z]));
    pen.beginPath(); // one for all bones, so that the shadow is not darker where they cross
    for (const [a, b] of motion.bones) {
      pen.moveTo(onGround[a][0], onGround[a][1]);
      pen.lineTo(onGround[b][0], onGround[b][1]);
    }
    pen.lineWidth = thick;
    pen.strokeStyle = colours.shadow;
    pen.stroke();
  }

  function drawBody(project, points, thick) {
    const seen = points.map(project), depths = seen.map((one) => one[2]);
    const [low, high] = [Math.min(...depths), Math.max(...depths)];
    const bones = motion.bones.map(([a, b], index) =>
      ({ a, b, depth: (depths[a] + depths[b]) / 2, width: thick * thickness[index] }));
    bones.sort((one, other) => one.depth - other.depth);
    for (const { a, b, depth, width } of bones) {
      const share = high > low ? Math.round(100 * (depth - low) / (high - low)) : 100;
      const colour = `color-mix(in srgb, ${colours.near} ${share}%, ${colours.far})`;
      line(seen[a], seen[b], width * depth, colour);
    }
    pen.fillStyle = colours.joint;
    seen.forEach(([x, y, depth], point) => {
      pen.beginPath();
      pen.arc(x, y, radius[point] * thick * depth, 0, 2 * Math.PI);
      pen.fill();
    });
  }

  function draw() {
    const ratio = devicePixelRatio, box = canvas.getBoundingClientRect();
    const [wide, tall] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
    if (canvas.width !== wide || canvas.height !== tall) [canvas.width, canvas.height] = [wide, tall];
    pen.clearRect(0, 0, wide, tall);
    const points = pose(), project = camera(points[0]);
    drawGrid(project, points[0]);
    const thick = 0.016 * Math.min(wide, tall) * view.zoom;
    pen.lineCap = "round";
    drawShadow(project, points, thick);
    drawBody(project, points, thick);
    bar.value = frame;
    clock.textContent = `${(frame * motion.frameTime).toFixed(1)} of ${seconds.toFixed(1)} s`;
    document.documentElement.dataset.ready = "true";
  }

  function tick(now) {
    if (!playing) return;
    if (before !== null) {
      frame += Number(speed.value) * (now - before) / 1000 / motion.frameTime;
      if (frame > last) frame = 0;
    }
    before = now;
    draw();
    requestAnimationFrame(tick);
  }

  function setPlaying(on) {
    playing = on && last > 0;
    before = null;
    play.textContent = playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    if (playing) requestAnimationFrame(tick);
    else draw();
  }

  function show(next) {
    setPlaying(false);
    frame = Math.min(Math.max(next, 0), last);
    draw();
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!(event.buttons & 1)) return;
    view.turn -= 0.008 * event.movementX;
    view.tilt = Math.min(Math.max(view.tilt + 0.006 * event.movementY, -0.1), 1.5);
    draw();
  });
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.zoom = Math.min(Math.max(view.zoom * Math.exp(-0.001 * event.deltaY), 0.3), 4);
    draw();
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    if (event.key === " ") setPlaying(!playing);
    else if (event.key === "ArrowRight") show(Math.floor(frame) + 1);
    else if (event.key === "ArrowLeft") show(Math.ceil(frame) - 1);
    else return;
    event.preventDefault();
  });
  play.addEventListener("click", () => setPlaying(!playing));
  bar.addEventListener("input", () => show(Number(bar.value)));
  byId("reset").addEventListener("click", () => {
    view = { ...FIRST_VIEW };
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    readColours();
    draw();
  });
  new ResizeObserver(draw).observe(canvas);

  bar.max = last;
  readColours();
  draw();
  setPlaying(!matchMedia("(prefers-reduced-motion: reduce)").matches);
})();
