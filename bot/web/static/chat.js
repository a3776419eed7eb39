/* Citizen page: what the citizen writes → POST /chat/messages; what comes back, or is polled → bubbles.
   Old WebViews run this file as it stands: ES2017, no look-behind, no `?.`, no inline handlers, DOM building only. */
(function () {
  'use strict';

  const TEXTS = {
    mode: { bot: '智能助手为您服务', waiting: '正在为您转接工作人员，请稍等', staff: '工作人员正在为您服务' },
    says: { citizen: '您说：', bot: '民声助手：', staff: '工作人员：' },
    sizes: { normal: '大字', large: '更大字', huge: '标准字' }, // what the next tap gives
    sizeNow: { normal: '标准', large: '大', huge: '特大' },
    staff: '工作人员', photo: '照片，点按看大图', call: '拨打 ',
    offline: '网络不通，正在重新连接…', sending: '发送中…', again: '未发出，点此重试',
    refused: '这条没有发出去，请稍后再试。', empty: '请先写几个字，再点“发送”。',
    full: '已写满 3000 字。没写完的，请分成下一条发。', left: n => '还可以写 ' + n + ' 字',
    notImage: '这里只能发照片，请重新选一张。', tooBig: '这张照片太大了，请换一张，或者截图后再发。',
    broken: '这张照片打不开，请换一张，或者截图后再发。',
    caseTitle: '已经登记，请记好这两个号', caseNo: '编号', queryCode: '查询码',
    copy: '复制编号和查询码', copied: '已复制', copyByHand: '没能复制，请长按号码复制',
  };
  const MOST_LETTERS = 3000, COUNT_FROM = 2700, SIZES = ['normal', 'large', 'huge'];
  const LONGEST_SIDE = 1600, MOST_BYTES = 10 * 1024 * 1024, MOST_BYTES_CHOSEN = 5 * MOST_BYTES;
  const RETRY_SECONDS = [1, 2, 4, 8, 15], POLL_SECONDS = 5, POLL_SECONDS_HIDDEN = 20, DOTS_SECONDS = 30;
  const TIME_GAP = 5 * 60 * 1000;

  const page = {};
  document.querySelectorAll('[id]').forEach(node => { page[node.id] = node; });

  const state = {
    conversation: null, cursor: null, mode: 'bot', seen: new Set(), titles: new Map(),
    restoring: false, anchor: null, // an old conversation that loads goes before the first new row
    queue: [], mine: [], sending: false, wake: null, refused: null,
    polling: false, pollTimer: 0, pollFailures: 0, dots: null, dotsTimer: 0, lastTime: 0, atEnd: false,
  };

  /* —— small tools —— */

  function recall(key) {
    try { return localStorage.getItem('minsheng.' + key); } catch (error) { return null; }
  }

  function remember(key, value) { // without storage the page works until it is closed
    try { localStorage[value ? 'setItem' : 'removeItem']('minsheng.' + key, value); } catch (error) { return; }
  }

  function freshId() { // a uuid; crypto.randomUUID is missing in old WebViews and on plain http
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, b => ('0' + b.toString(16)).slice(-2)).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  function make(tag, className, ...children) { // strings become text, never markup
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...children.filter(Boolean));
    return node;
  }

  function makeButton(className, text, onClick) {
    const button = make('button', className, text);
    button.type = 'button';
    if (onClick) button.addEventListener('click', onClick);
    return button;
  }

  /* —— talking to the server —— */

  function HttpError(status, message) { this.status = status; this.message = message; }

  // A broken line, a gateway's page in place of JSON, or a server that fell over: worth trying again by itself.
  const isTemporary = error => !(error instanceof HttpError) || [408, 500, 502, 504].includes(error.status);

  function within(seconds, promise) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('timeout')), seconds * 1000);
      promise.then(resolve, reject).then(() => clearTimeout(timer));
    });
  }

  async function ask(seconds, url, options) {
    const common = { credentials: 'same-origin', cache: 'no-store' };
    const response = await within(seconds, fetch(url, Object.assign(common, options)));
    if (response.ok) return within(seconds, response.json());
    const body = await within(seconds, response.json()).catch(() => null);
    throw new HttpError(response.status, body && typeof body.error === 'string' ? body.error : '');
  }

  function post(item) {
    if (!item.image) {
      const body = JSON.stringify({ conversation: state.conversation, id: item.id, text: item.text });
      return ask(30, '/chat/messages', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: body });
    }
    const form = new FormData();
    form.append('file', item.image, 'photo.jpg');
    const where = state.conversation ? 'conversation=' + encodeURIComponent(state.conversation) + '&' : '';
    return ask(120, '/chat/media?' + where + 'id=' + item.id, { method: 'POST', body: form });
  }

  function setConversation(id) {
    if (!id || String(id) === state.conversation) return;
    state.conversation = String(id);
    remember('conversation', state.conversation);
    schedulePoll();
  }

  function forgetConversation() {
    Object.assign(state, { conversation: null, cursor: null, mode: 'bot', restoring: false, pollFailures: 0 });
    state.seen.clear();
    remember('conversation', null);
    paintStatus();
  }

  /* —— sending: one after another, in the order written —— */

  function say(text, title) {
    const again = state.refused && state.refused.text === text; // the server may have kept it: same id, no double
    const item = { id: again ? state.refused.id : freshId(), text: text, title: title || '' };
    showMine(item);
    enqueue(item);
  }

  function enqueue(item) {
    if (!state.queue.includes(item)) state.queue.push(item);
    keepUnsent();
    flush();
  }

  function keepUnsent() { // words not yet delivered outlive a closed page
    const unsent = state.queue.filter(item => item.text).map(i => ({ id: i.id, text: i.text, title: i.title }));
    remember('unsent', unsent.length ? JSON.stringify(unsent) : null);
  }

  function leaveQueue(item) {
    state.queue.splice(state.queue.indexOf(item), 1);
    keepUnsent();
  }

  async function flush() {
    if (state.wake) state.wake();
    if (state.sending) return;
    state.sending = true;
    state.queue.forEach(item => paintState(item, 'sending'));
    while (state.queue.length && await sendFirst(state.queue[0])) { /* the next one */ }
    state.sending = false;
  }

  async function sendFirst(item) {
    try {
      const answer = await deliver(item);
      leaveQueue(item);
      settle(item, answer);
    } catch (error) {
      if (isTemporary(error)) { state.queue.forEach(waiting => paintState(waiting, 'again')); return false; }
      leaveQueue(item);
      giveBack(item, error);
    }
    return true;
  }

  async function deliver(item) {
    for (let attempt = 0; ; attempt++) {
      try {
        if (state.mode === 'bot') showDots();
        return await post(item);
      } catch (error) {
        hideDots();
        if (error.status === 404 && state.conversation) { forgetConversation(); continue; }
        if (!isTemporary(error) || attempt >= RETRY_SECONDS.length) throw error;
        await pause(RETRY_SECONDS[attempt]);
      }
    }
  }

  function pause(seconds) { // ends early when the network is back or something more is sent
    return new Promise(resolve => {
      state.wake = () => { clearTimeout(timer); state.wake = null; resolve(); };
      const timer = setTimeout(state.wake, seconds * 1000);
    });
  }

  function settle(item, answer) {
    const replies = answer.replies || [];
    state.refused = null;
    paintState(item, 'sent');
    if (answer.id) { state.seen.add(String(answer.id)); disown(item); }
    setConversation(answer.conversation);
    if (replies.length || state.mode !== 'bot') hideDots();
    replies.forEach(reply => show(Object.assign({ from: reply.author }, reply)));
    if (answer.case) showCase(answer.case);
    readFrom(item.row);
  }

  function giveBack(item, error) { // refused: typed words go back into the box, a button or photo can be tapped again
    showNotice(error.message || TEXTS.refused);
    if (item.image || item.title) { paintState(item, 'again'); return; }
    state.refused = item;
    disown(item);
    item.row.remove();
    write(page.text.value ? item.text + '\n' + page.text.value : item.text);
  }

  /* —— asking for what is new —— */

  function schedulePoll() {
    const seconds = (document.hidden ? POLL_SECONDS_HIDDEN : POLL_SECONDS) * Math.min(8, Math.pow(2, state.pollFailures));
    clearTimeout(state.pollTimer);
    state.pollTimer = setTimeout(poll, seconds * 1000);
  }

  async function poll() {
    const conversation = state.conversation, after = state.cursor ? '&after=' + encodeURIComponent(state.cursor) : '';
    if (!conversation || state.polling) return 0;
    let news = 0;
    state.polling = true;
    clearTimeout(state.pollTimer);
    try {
      const answer = await ask(15, '/chat/messages?conversation=' + encodeURIComponent(conversation) + after);
      state.pollFailures = 0;
      if (conversation === state.conversation) news = take(answer);
    } catch (error) {
      if (error.status !== 404) state.pollFailures += 1;
      else if (conversation === state.conversation) forgetConversation();
    }
    state.polling = false;
    paintStatus();
    if (state.conversation) schedulePoll();
    return news;
  }

  function take(answer) {
    state.mode = TEXTS.mode[answer.mode] ? answer.mode : 'bot';
    if (state.mode !== 'bot') hideDots();
    answer.messages.forEach(show);
    if (answer.cursor) state.cursor = String(answer.cursor);
    if (!answer.messages.length) state.restoring = false;
    return answer.messages.length;
  }

  async function restore() {
    state.conversation = recall('conversation');
    state.restoring = Boolean(state.conversation);
    resumeUnsent();
    page.log.setAttribute('aria-busy', 'true'); // an old conversation is not read aloud
    while (await poll() > 0) { /* until the server has nothing more */ }
    page.log.removeAttribute('aria-busy');
  }

  function resumeUnsent() {
    let unsent = [];
    try { unsent = JSON.parse(recall('unsent')) || []; } catch (error) { remember('unsent', null); }
    unsent.forEach(item => { showMine(item); state.queue.push(item); });
    if (unsent.length) flush();
  }

  /* —— showing —— */

  function show(message) {
    const id = message.id && String(message.id), citizen = message.from === 'citizen';
    if (state.seen.has(id)) return;
    if (id) state.seen.add(id);
    if (citizen && claim(message)) return;
    if (!citizen) hideDots();
    place(message.from === 'system' ? make('p', 'system', message.text) : buildRow(message), Date.parse(message.at), state.restoring);
    if (message.case) showCase(message.case);
    if (citizen) dropOldChoices();
  }

  function claim(message) { // the server's copy of a row that stands here already, polled before its own answer came
    const item = state.mine.find(one => message.image ? one.image : one.text === message.text);
    if (!item) return false;
    disown(item);
    item.arrived = true;
    paintState(item, 'sent');
    return true;
  }

  function disown(item) {
    state.mine = state.mine.filter(one => one !== item);
  }

  function showMine(item) {
    item.row = buildRow({ from: 'citizen', text: item.title || item.text, image: item.image && URL.createObjectURL(item.image) });
    item.state = item.row.lastChild.appendChild(make('div', 'state'));
    state.mine.push(item);
    state.anchor = state.anchor || item.row;
    paintState(item, 'sending');
    showNotice('');
    scrollToEnd();
    place(item.row, Date.now());
    dropOldChoices();
  }

  function paintState(item, name) {
    item.state.textContent = name === 'sending' && !item.arrived ? TEXTS.sending : '';
    if (name === 'again' && !item.arrived) item.state.append(makeButton('again', TEXTS.again, () => enqueue(item)));
  }

  function buildRow(message) {
    const from = TEXTS.says[message.from] ? message.from : 'bot';
    const said = make('div', 'said', from === 'staff' ? make('div', 'who', TEXTS.staff) : make('span', 'sr', TEXTS.says[from]));
    if (message.image) said.append(buildPicture(message.image));
    if (message.text) said.append(make('p', 'bubble', state.titles.get(message.text) || message.text));
    if (from === 'citizen') return make('div', 'row mine', said);
    if (message.text) dressReply(said, message.text);
    if (message.buttons && message.buttons.length) said.append(buildChoices(message.buttons));
    return make('div', 'row ours ' + from, makeFace(from), said);
  }

  function makeFace(from) {
    const face = make('span', 'face', from === 'staff' ? '人' : '民');
    face.setAttribute('aria-hidden', 'true');
    return face;
  }

  function buildPicture(url) {
    const image = make('img'), local = url.startsWith('blob:');
    image.alt = TEXTS.photo;
    image.addEventListener('load', stayAtEnd);
    if (local || new URL(url, location.href).origin === location.origin) image.src = url;
    if (local || !image.src) return make('div', 'bubble picture', image);
    return make('div', 'bubble picture', makeLink('', image.src, image));
  }

  function makeLink(className, href, content) {
    const link = make('a', className, content);
    link.href = href;
    link.rel = 'noopener noreferrer';
    return link;
  }

  function buildChoices(buttons) {
    return make('div', 'choices', ...buttons.map(button => {
      const choice = makeButton('choice', button.title);
      choice.dataset.payload = button.payload;
      state.titles.set(button.payload, button.title);
      return choice;
    }));
  }

  function dropOldChoices() { // only what was asked last can be tapped: no old 「确认提交」 by mistake
    const last = Array.from(page.log.querySelectorAll('.mine')).pop();
    page.log.querySelectorAll('.choices').forEach(choices => {
      if (choices.compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING) choices.remove();
    });
  }

  function place(node, at, isOld) {
    const time = isNaN(at) ? Date.now() : at, next = isOld && state.anchor || state.dots;
    if (Math.abs(time - state.lastTime) > TIME_GAP) page.log.insertBefore(make('p', 'time', sayTime(new Date(time))), next);
    state.lastTime = time;
    page.log.insertBefore(node, next);
    if (state.atEnd || isOld) scrollToEnd(); else page.newer.hidden = false;
  }

  function sayTime(date) {
    const clock = date.getHours() + ':' + ('0' + date.getMinutes()).slice(-2), now = new Date();
    if (date.toDateString() === now.toDateString()) return clock;
    if (date.toDateString() === new Date(now - 24 * 3600 * 1000).toDateString()) return '昨天 ' + clock;
    const day = (date.getMonth() + 1) + '月' + date.getDate() + '日 ' + clock;
    return date.getFullYear() === now.getFullYear() ? day : date.getFullYear() + '年' + day;
  }

  function showDots() {
    clearTimeout(state.dotsTimer);
    state.dotsTimer = setTimeout(hideDots, DOTS_SECONDS * 1000);
    if (state.dots) return;
    state.dots = make('div', 'row ours', makeFace('bot'), make('div', 'bubble dots', make('i'), make('i'), make('i')));
    state.dots.setAttribute('aria-hidden', 'true');
    page.log.append(state.dots);
    stayAtEnd();
  }

  function hideDots() {
    if (state.dots) state.dots.remove();
    state.dots = null;
  }

  /* —— links, telephone numbers and warnings in what we say —— */

  const LINKABLE = /https?:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+|1[3-9]\d[ -]\d{4}[ -]\d{4}|\d[\d-]*\d/g;
  const PHONE = /^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}|[48]00-?\d{3}-?\d{4}|110|119|120|122|123\d\d|95\d{3}|96\d{3,4})$/;
  const UNIT = new RegExp('^\\s?(元|块|万|亿|平方|平米|米|公[里斤顷]|斤|吨|度|千瓦|户|人(?!工)|名|个|件|条|天|年|月|日|岁|' +
    '[栋幢楼层室]|单元|分钟|秒|小时|%|\\.\\d|号[楼院门])'); // “120 平方米” is no telephone number

  function hrefOf(words, before, after) {
    if (words.startsWith('http')) return words;
    const number = words.replace(/[ -]/g, '');
    const apart = !/[\w.#第¥￥*-]$/.test(before) && !/^[\w*]/.test(after) && !UNIT.test(after);
    return apart && PHONE.test(/^1[3-9]/.test(words) ? number : words) ? 'tel:' + number : '';
  }

  function linked(text) { // → text and links, to be appended
    const parts = [];
    let done = 0;
    text.replace(LINKABLE, (found, start) => {
      const words = found.startsWith('http') ? found.replace(/[.,;:!?')\]]+$/, '') : found, end = start + words.length;
      const href = hrefOf(words, text.slice(0, start), text.slice(end));
      if (!href) return;
      parts.push(text.slice(done, start), makeLink('', href, words));
      done = end;
    });
    return parts.concat(text.slice(done));
  }

  function dressReply(said, text) {
    const bubble = said.querySelector('.bubble');
    bubble.textContent = '';
    bubble.append(...linked(text));
    if (!/^\s*⚠/.test(text)) return;
    bubble.classList.add('danger');
    const numbers = new Set(Array.from(bubble.querySelectorAll('a[href^="tel:"]'), link => link.getAttribute('href')));
    said.append(make('div', 'calls', ...Array.from(numbers, href => makeLink('call', href, TEXTS.call + href.slice(4)))));
  }

  /* —— case number and query code —— */

  function showCase(filed) {
    const list = make('dl');
    [[TEXTS.caseNo, filed.case_no], [TEXTS.queryCode, filed.query_code]].forEach(([name, value]) => {
      const groups = /^[\d ]{12,}$/.test(value) ? value.match(/\d{1,4}/g) : [value]; // 16 digits read better by fours
      list.append(make('dt', '', name), make('dd', '', ...groups.map(group => make('span', '', group))));
    });
    const copy = makeButton('copy', TEXTS.copy, () => copyCase(copy, filed));
    const said = make('div', 'said', make('section', 'card', make('h2', '', TEXTS.caseTitle), list, copy));
    place(make('div', 'row ours', makeFace('bot'), said), NaN, state.restoring);
  }

  async function copyCase(button, filed) {
    const text = TEXTS.caseNo + '：' + filed.case_no + '\n' + TEXTS.queryCode + '：' + filed.query_code;
    let done = true;
    try { await navigator.clipboard.writeText(text); } catch (error) { done = copyByHand(text); }
    button.textContent = done ? TEXTS.copied : TEXTS.copyByHand;
    setTimeout(() => { button.textContent = TEXTS.copy; }, 6000);
  }

  function copyByHand(text) { // where there is no navigator.clipboard: plain http, old WebViews
    const area = document.body.appendChild(make('textarea', 'sr', text));
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }

  /* —— photos: drawn anew, at most 1600 px; place and camera data are left behind —— */

  async function choosePhoto() {
    const file = page.file.files[0];
    page.file.value = '';
    if (!file) return;
    if (file.type && !file.type.startsWith('image/')) { showNotice(TEXTS.notImage); return; }
    if (file.size > MOST_BYTES_CHOSEN) { showNotice(TEXTS.tooBig); return; }
    page.photo.disabled = true;
    const image = await shrink(file).catch(() => null);
    page.photo.disabled = false;
    if (!image || image.size > MOST_BYTES) { showNotice(image ? TEXTS.tooBig : TEXTS.broken); return; }
    const item = { id: freshId(), text: '', image: image };
    showMine(item);
    enqueue(item);
  }

  async function shrink(file) {
    const image = new Image(), canvas = make('canvas'), url = URL.createObjectURL(file);
    await new Promise((resolve, reject) => Object.assign(image, { onload: resolve, onerror: reject, src: url }));
    const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(url);
    return new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.8));
  }

  /* —— the frame: status, letters, writing, keyboard —— */

  function paintStatus() {
    const words = state.pollFailures > 1 ? TEXTS.offline : TEXTS.mode[state.mode];
    if (page.status.textContent !== words) page.status.textContent = words;
  }

  function showNotice(words) {
    page.notice.textContent = words;
    page.notice.hidden = !words;
  }

  function setSize(wanted) {
    const size = SIZES.includes(wanted) ? wanted : 'normal';
    document.documentElement.dataset.size = page.size.dataset.size = size;
    page.size.textContent = TEXTS.sizes[size];
    page.size.setAttribute('aria-label', TEXTS.sizes[size] + '（现在是' + TEXTS.sizeNow[size] + '字号）');
    remember('size', size);
    grow();
  }

  function write(text) {
    page.text.value = text;
    grow();
  }

  function grow() {
    const box = page.text, left = MOST_LETTERS - box.value.length;
    box.style.height = 'auto';
    box.style.height = Math.min(box.scrollHeight + 2, Math.max(96, page.app.clientHeight * 0.35)) + 'px';
    page.counter.hidden = box.value.length < COUNT_FROM;
    page.counter.textContent = left > 0 ? TEXTS.left(left) : TEXTS.full;
    page.counter.classList.toggle('full', left <= 0);
    remember('draft', box.value);
    stayAtEnd();
  }

  function submit(event) {
    event.preventDefault();
    const text = page.text.value.trim();
    if (!text || text.length > MOST_LETTERS) { showNotice(text ? TEXTS.full : TEXTS.empty); page.text.focus(); return; }
    write('');
    say(text);
  }

  function onKey(event) {
    const composing = event.isComposing || event.keyCode === 229; // Enter that picks a word of the input method
    const desktop = matchMedia('(hover: hover) and (pointer: fine)').matches;
    if (event.key === 'Enter' && !event.shiftKey && !composing && desktop) submit(event);
  }

  function onLogClick(event) {
    const choice = event.target.closest('.choice');
    if (!choice) return;
    if (event.detail === 0) page.log.focus(); // pressed by keyboard: Tab goes on from here
    say(choice.dataset.payload, choice.textContent.trim());
  }

  function scrollToEnd() {
    page.log.scrollTop = page.log.scrollHeight;
    state.atEnd = true;
    page.newer.hidden = true;
  }

  function stayAtEnd() { // but a greeting longer than the screen is read from its beginning
    if (state.atEnd && page.log.children.length > 1) scrollToEnd();
  }

  function readFrom(row) { // an answer longer than the screen is read from its beginning
    if (!state.atEnd || row.offsetTop >= page.log.scrollTop) return;
    page.log.scrollTop = row.offsetTop;
    page.newer.hidden = false;
  }

  function onScroll() {
    state.atEnd = page.log.scrollHeight - page.log.scrollTop - page.log.clientHeight < 80;
    if (state.atEnd) page.newer.hidden = true;
  }

  function fit() { // what the on-screen keyboard leaves; pinch zoom must not shrink the page
    const view = window.visualViewport || { height: window.innerHeight, scale: 1, offsetTop: 0 };
    const style = document.documentElement.style;
    style.setProperty('--height', view.height * view.scale + 'px');
    style.setProperty('--top', (view.scale > 1.01 ? 0 : view.offsetTop) + 'px');
    stayAtEnd();
  }

  function on(target, names, listener) {
    names.split(' ').forEach(name => target.addEventListener(name, listener));
  }

  function wire() {
    on(page.composer, 'submit', submit);
    on(page.text, 'input', () => { showNotice(''); grow(); });
    on(page.text, 'keydown', onKey);
    on(page.send, 'mousedown', event => event.preventDefault()); // the keyboard stays up after sending
    on(page.photo, 'click', () => page.file.click());
    on(page.file, 'change', choosePhoto);
    on(page.size, 'click', () => setSize(SIZES[(SIZES.indexOf(page.size.dataset.size) + 1) % SIZES.length]));
    on(page.log, 'click', onLogClick);
    on(page.log, 'scroll', onScroll);
    on(page.newer, 'click', scrollToEnd);
    on(document, 'visibilitychange', () => { if (document.hidden) schedulePoll(); else poll(); });
    on(window, 'focus pageshow online', () => poll());
    on(window, 'online', () => { if (state.queue.length) flush(); });
    on(window, 'resize', fit);
    if (window.visualViewport) on(window.visualViewport, 'resize scroll', fit);
  }

  function start() {
    dressReply(page.greeting, page.greeting.querySelector('.bubble').textContent);
    page.log.querySelectorAll('.choice').forEach(c => state.titles.set(c.dataset.payload, c.textContent.trim()));
    wire();
    page.text.value = recall('draft') || '';
    setSize(recall('size'));
    fit();
    onScroll();
    restore();
  }

  start();
})();
