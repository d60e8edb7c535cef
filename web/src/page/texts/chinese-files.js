// @ts-check
// The part of the catalogue in chinese.js that is about files: dropped, carried, listed, new.

/** @import { englishOfFiles } from './english-files.js' */

/** @type {typeof englishOfFiles} */
export const chineseOfFiles = {
  drop: {
    accepted: '已放入。',
    refused: '程序在此处不接受该内容。',
    no_target: '此处不能放入任何内容。',
    timed_out: '程序没有说明是否接受该内容。',
    liesAs: (path) => `已存入文件：${path}`,
    lieIn: (folder) => `全部内容已存入文件夹：${folder}`,
    foreign: '此桌面属于另一台服务器：不能放入任何内容。',
    watching: '您只能观看：不能放入任何内容。',
    noDesktop: '桌面未连接：没有放入任何内容。请在连接恢复后重试。',
  },

  transfers: {
    label: '上传',
    names: (names) => (names.length < 2 ? (names[0] ?? '') : `${names[0]} 及另外 ${names.length - 1} 个`),
    percent: (percent) => `${percent} %`,
    of: (action, names) => `${action} ${names}`,
    pause: '暂停',
    resume: '继续',
    retry: '重试',
    leftOut: (count, name, why) => (count === 1 ? `已跳过“${name}”：${why}` : `已跳过 ${count} 个文件，例如“${name}”：${why}`),
  },

  downloads: {
    copied: '已在桌面上复制。要下载到这里吗？',
    dragged: '从桌面拖出的内容',
    nothing: '拖出的内容无法下载。',
    load: (name) => `下载 ${name}`,
    zip: (name) => `将 ${name} 打包为 zip 下载`,
    leftOut: (count) =>
      count === 1 ? '有 1 个无法下载：它不在桌面的文件中。' : `有 ${count} 个无法下载：它们不在桌面的文件中，或一次数量过多。`,
  },

  files: {
    title: '桌面的文件',
    top: '文件',
    trail: '文件夹',
    list: '文件和文件夹',
    empty: '此文件夹为空。',
    upload: '上传…',
    uploadFolder: '上传文件夹…',
    chooseFiles: '要上传的文件',
    chooseFolder: '要上传的文件夹',
    zip: 'Zip',
    zipAll: '全部打包为 zip 下载',
    folder: (name) => `文件夹 ${name}`,
    zipOf: (name) => `将 ${name} 打包为 zip 下载`,
    load: (name) => `下载 ${name}`,
    newFolder: '新建文件夹…',
    rename: '重命名',
    renameOf: (name) => `重命名 ${name}`,
    renamed: (name, now) => `“${name}”已重命名为“${now}”。`,
    made: (name) => `已新建文件夹“${name}”。`,
    remove: '删除',
    removeOf: (name) => `删除 ${name}`,
    removeTitle: '删除？',
    removeFile: (name) => `“${name}”将被永久删除。`,
    removeFolder: (name) => `“${name}”及其中所有内容将被永久删除。`,
    removed: (name) => `“${name}”已删除。`,
    space: (free, total) => `可用空间 ${free}，共 ${total}。`,
    unreadable: '浏览器无法读取此文件或文件夹。它是否已被移动、删除或更改？',
  },

  name: {
    label: '新名称',
    renameTitle: (name) => `重命名 ${name}`,
    rename: '重命名',
    folderTitle: '新建文件夹',
    make: '新建',
    replace: '替换',
    none: '名称中不能有斜杠，也不能只有点或空格。',
    taken: (name) => `“${name}”已存在，请换一个名称。`,
    replaceable: (name) => `文件“${name}”已存在。请换一个名称，或永久替换该文件。`,
  },

  results: {
    title: '新结果',
    facts: (size, time) => `${size}，${time}`,
    download: '下载',
    downloadOf: (name) => `下载 ${name}`,
  },

  obstacle: {
    title: '无法保存文件',
  },

  lasting: {
    title: '此处的文件不会永久保留',
    warning: (root) =>
      `删除此容器时，${root} 中的内容将会丢失，因为没有挂载外部文件夹。请下载需要保留的内容，或在启动容器时挂载一个文件夹：`,
    remedy: (root) => `docker run -v "$PWD":${root} …`,
  },
};
