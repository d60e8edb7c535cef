// @ts-check
// The catalogue in Chinese, in simplified characters; chinese-files.js and chinese-people.js are parts of it.

/** @import { Texts } from './english.js' */

import { chineseOfFiles } from './chinese-files.js';
import { chineseOfPeople } from './chinese-people.js';

/** @type {Texts} */
export const chinese = {
  language: 'zh-Hans',
  languageName: '简体中文',
  desktop: '桌面',
  application: '应用程序',
  close: '关闭',
  cancel: '取消',
  keyboardInput: '桌面的键盘输入',

  start: {
    label: '启动',
    display: '显示器',
    windowManager: '窗口管理器',
    application: '应用程序',
    firstPicture: '首个画面',
    asking: '正在询问服务器…',
    connecting: '正在连接桌面…',
    ended: '连接已结束。',
    gaveUp: '应用程序每次启动后都立即退出，不会再自动启动。',
    log: '日志的最后几行',
    retry: '重试',
    connect: '连接',
    reconnect: '重新连接',
    waited: (seconds) => `已等待 ${seconds} 秒`,
  },

  stages: {
    display: (_name) => '正在启动显示器',
    window_manager: (_name) => '正在启动窗口管理器',
    application: (name) => `正在启动 ${name}`,
    first_frame: (name) => `正在等待 ${name} 的首个画面`,
    ready: (name) => `${name} 已就绪`,
    stopping: (_name) => '正在停止',
    failed: (name) => `${name} 启动失败`,
  },

  states: {
    waiting: '等待中',
    starting: '正在启动',
    running: '运行中',
    backoff: '即将重新启动',
    failed: '失败',
    stopped: '已停止',
  },

  bar: {
    label: '桌面控制',
    menu: '菜单',
    menuKey: '菜单 (F6)',
    menuNews: (news) => `菜单，${news}`,
    newResults: (count) => `${count} 个新结果`,
    enterFullscreen: '全屏',
    leaveFullscreen: '退出全屏',
    size: '尺寸',
    sizeRemote: '跟随此窗口',
    sizeScale: '缩放画面',
    sizeOff: '保持不变',
    fit: '使桌面适合此窗口',
    sharpness: '清晰度',
    sharpnessAuto: '自动',
    sharpnessDevice: '最精细：使用屏幕的全部像素',
    sharpnessCss: '较粗略，但更快',
    drag: '拖动以移动视图',
    quality: '画质',
    smooth: '移动时降低精细度',
    keyboard: '键盘',
    clipboard: '剪贴板…',
    files: '文件…',
    people: '人员…',
    reconnect: '重新连接',
    restart: '重新启动应用程序…',
    about: '关于此会话…',
  },

  wayOut: '按键都会发送到桌面，包括 Tab 键。按 F6 离开桌面进入菜单；在菜单中按 F6 或 Esc 返回。',

  windows: {
    title: '窗口',
    untitled: '无标题窗口',
    closeOf: (title) => `关闭“${title}”`,
  },

  ...chineseOfFiles,
  ...chineseOfPeople,

  notice: {
    reconnecting: '正在重新连接…',
    nothingArrives: '收不到桌面的任何数据。网络是否连通？',
    clipboardKept: '浏览器不允许写入剪贴板：在桌面上复制的内容可在剪贴板面板中找到。',
    clipboardWaiting: '在此处按任意键或单击，即可将桌面上复制的内容传到这台电脑。',
    clipboardSlow: '您复制的内容正在传往桌面，按键会等它到达；按 Esc 放弃。',
    silent: '服务器没有响应，请稍后再试。',
  },

  trace: {
    load: '下载跟踪记录',
  },

  ending: {
    title: '此计算机即将被收回',
    warning: (minutes, end) =>
      `${minutes > 0 ? `${minutes} 分钟后` : '现在'}（${end.toLocaleTimeString('zh-CN', { timeStyle: 'short' })}）` +
      '其使用时间结束，桌面将关闭。请保存需要保留的内容。',
  },

  trouble: {
    silent: '服务器没有响应，正在重试…',
    signedOut: '您尚未登录。请重新打开带有令牌的地址。',
    watching: '您只能观看。',
    frameEnded: '此桌面的登录已过期。请重新加载显示它的页面。',
    gateway: (status) => `桌面前的代理返回 ${status}：它无法访问桌面。请检查 desktopd 是否正在运行，以及代理中配置的地址是否正确。`,
    gatewayOfSockets: (status) => `桌面前的代理对 WebSocket 返回 ${status}，其余请求均可通过。代理的管理员需要让同一地址的 WebSocket 也能通过。`,
    socketsBlocked:
      '桌面有响应，但 WebSocket 无法通过。桌面前的代理必须转发 Upgrade 和 Connection 请求头；' +
      '否则可能是防火墙、杀毒软件或此浏览器的扩展阻止了它。',
    tooLargeForProxy: '桌面前的代理不接受这么大的内容。请其管理者调高限制；使用 nginx 时为 client_max_body_size 0。',
    answered: (status, reason) => `服务器返回 ${status} ${reason}`.trim(),
  },

  clipboard: {
    title: '剪贴板',
    text: '桌面剪贴板中的文本',
    allow: '始终使用这台电脑的剪贴板',
    copy: '复制到这台电脑',
    sent: '文本已传到桌面。',
    sentPicture: '图片已传到桌面。',
    copied: '内容已复制到这台电脑。',
    notCopied: '浏览器拒绝了此操作。请选中文本，用键盘复制。',
    notCopiedPicture: '浏览器拒绝了此操作。请保存图片，或用鼠标右键菜单复制。',
    picture: '桌面剪贴板中的图片',
    pictureFacts: (width, height, size) => `${width} × ${height} 像素，${size}`,
    choose: '发送图片…',
    chosen: '要放入桌面剪贴板的图片',
    noPicture: '没有剪贴板支持的图片类型：PNG、JPEG、WebP、GIF、TIFF 或 BMP。请改用文件传输。',
    save: '另存为 PNG',
    shared: '文本和图片会自动双向同步。',
    byKey: '在桌面上按粘贴键（Ctrl+V、⌘V）时，文本和图片会传到桌面；在桌面上复制时，会传回这台电脑。也可以在此处粘贴或拖入图片。',
    byKeyInsecure:
      '在桌面上按粘贴键（Ctrl+V、⌘V）时，文本和图片会传到桌面；也可以在此处粘贴或拖入图片。' +
      '使用 https 地址（或 localhost）时，浏览器还允许此页面自动同步整个剪贴板。',
    form: { text: '文本', html: 'HTML', image: '图片' },
    tooLarge: (form, size, limit) => `${form}大小为 ${size}，剪贴板最多容纳 ${limit}。请改用文件传输。`,
    otherKind: '这台电脑的剪贴板中既没有文本也没有图片，因此没有粘贴任何内容。请改为将文件拖到桌面上。',
    missing: '浏览器没有提供这台电脑剪贴板的内容，因此没有粘贴任何内容。请重试。',
    uncertain: '没有粘贴任何内容：桌面上有新复制的内容，但消息尚未送达。请稍后再试。',
    noConnection: '剪贴板与服务器没有连接，请稍后再试。',
  },

  link: {
    title: '打开链接指定的内容？',
    open: '打开',
    adds: (place) => `“${place}”将添加到应用程序中已打开的内容里。`,
    runs: (place) => `“${place}”是一个程序，它将以此桌面的全部权限运行。`,
    watching: '您只能观看：链接指定的内容不会打开。',
    foreign: '此桌面属于另一台服务器：链接指定的内容不会打开。',
    failed: (place, why) => `无法显示链接中的“${place}”：${why}`,
    noLayer: (name, names) =>
      names.length > 0
        ? `链接中的图层“${name}”不存在。请更正链接，现有图层：${names.join('、')}。`
        : `链接中的图层“${name}”不存在。当前没有打开任何内容，请在链接中加上 open=。`,
  },

  restart: {
    title: '重新启动应用程序？',
    warning: '其中未保存的内容将会丢失。',
    comesBack: '图层（包括未保存的内容）会保留，并在重新启动后恢复。',
    notKept: (why) => `目前不会为重新启动或崩溃保留图层：${why}。请保存不能丢失的内容。`,
    saving: '正在保存应用程序的会话，之后将重新启动…',
    confirm: '重新启动',
  },

  crash: {
    restarted: (name) => `${name} 已重新启动`,
    closed: (name) => `${name} 已关闭`,
    outOfMemory: (name) => `${name} 内存不足`,
    crashed: (name) => `${name} 已崩溃`,
    ended: (name) => `${name} 意外退出`,
    how: (description, time) => `${time}：${description}。`,
    memoryLimit: (size) => `此处最多可使用 ${size} 内存。`,
    noMemory: '机器的内存已耗尽。',
    startedAgain: (restarts) => (restarts > 1 ? `已重新启动，至今共 ${restarts} 次。` : '已重新启动。'),
    startedAfresh: '已全新启动，供下一位使用者使用。',
    staysEnded: '不会自动重新启动。',
    restoring: '正在恢复图层…',
    layersBack: (count, names, camera) => `已恢复 ${count} 个图层${camera ? '和相机视角' : ''}：${names}。`,
    unsavedBack: (names) => `未保存的内容也已恢复：${names}。`,
    nothingSaved: '没有需要恢复的图层。',
    unsavedLost: '其中未保存的内容已丢失。',
    notBack: (name, reason) => (reason ? `${name} 未能恢复：${reason}` : `${name} 未能恢复`),
    list: (names, more) => (more > 0 ? `${names.join('、')} 以及另外 ${more} 个` : names.join('、')),
    traceback: '最后的错误回溯 (traceback)',
    lastError: (time) => `此前最后一个错误，${time}`,
    output: '输出的最后几行',
    report: '复制报告',
    start: '重新启动',
    copied: '报告已复制到这台电脑的剪贴板。',
    notCopied: '浏览器拒绝了此操作。请选中报告，用键盘复制。',
  },

  policy: {
    noCopies: '不能向此桌面复制，也不能从中复制。',
    noCopiesIn: '不能向此桌面复制内容。',
    noCopiesOut: '不能从此桌面复制内容。',
    noFilesIn: '不能向此桌面传入文件。',
  },

  silence: {
    title: (name) => `${name} 没有响应`,
    wait: '它可能正忙：恢复响应后此提示会自动消失。',
    restart: '重新启动',
    lost: '重新启动可能丢失未保存的内容。',
  },

  about: {
    title: '关于此会话',
    language: '语言',
    languageAuto: (name) => `自动：${name}`,
    licenceNoVNC: 'noVNC 许可证',
    licenceTinyH264: 'TinyH264 许可证',
    licenceTus: 'tus-js-client 许可证',
    secure: '此地址是安全的：浏览器允许页面使用剪贴板和视频解码器。',
    insecure: '浏览器认为此地址不安全。使用 https 地址（或 localhost）时，页面才能使用剪贴板和视频解码器。',
    session: '会话',
    noAnswer: '服务器尚未响应',
    application: '应用程序',
    applicationState: (command, state, restarts) =>
      restarts > 0 ? `${command}（${state}，已重新启动 ${restarts} 次）` : `${command}（${state}）`,
    state: '状态',
    display: '显示器',
    openGL: 'OpenGL 渲染',
    role: '您的角色',
    control: '完全控制',
    view: '仅观看',
    viewers: '观看者',
    path: '图像传输方式',
    version: '版本',
    connection: '连接',
    noConnection: '无',
    size: '桌面尺寸',
    scale: '显示比例',
    scalePercent: (percent) => `屏幕像素的 ${percent} %`,
    programs: '程序绘制比例',
    programsUnscaled: 'desktopd 无法选择',
    encoding: '最近的编码',
    frames: '帧率',
    framesPerSecond: (frames) => `每秒 ${frames} 帧`,
    picture: '画面',
    exact: '逐像素精确',
    moving: '变化中',
    motion: '移动时',
    alwaysExact: '与应用程序绘制的一致',
    drawnExactly: '绘制较慢时降低精细度；当前为精确画面',
    drawnCoarser: (divisor) => `当前精细度较低，每 ${divisor} × ${divisor} 像素绘制一个`,
    drawn: (now, seconds) => (seconds === null ? now : `${now}；上一个精确画面用时 ${seconds.toFixed(2)} 秒`),
    window: '窗口',
    windowSize: (width, height, ratio) => `${width} × ${height}，像素比 ${ratio}`,
    noneYet: '尚无',
  },
};
