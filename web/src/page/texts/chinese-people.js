// @ts-check
// The part of the catalogue in chinese.js that is about several people at one desktop.

/** @import { englishOfPeople } from './english-people.js' */

/** @type {typeof englishOfPeople} */
export const chineseOfPeople = {
  people: {
    title: '此桌面上的人员',
    guest: (number) => `访客 ${number}`,
    vnc: (number) => `VNC 观看者 ${number}`,
    name: '您在此处的名称',
    saveName: '保存',
    noName: '不用名称',
    naming: '还有其他人在这里。希望他们怎样称呼您？',
    one: '同一时间只有一人可以控制',
    logOut: '退出登录',
    states: { you: '您', owner: '所有者', watches: '正在观看', control: '正在控制', asks: '请求控制权' },
    wishes: {
      ask: '请求控制权',
      withdraw: '撤回请求',
      take: '取得控制权',
      release: '让出控制权',
      give: '交出控制权',
      decline: '暂不',
    },
    wishOf: (wish, name) => `${wish}：${name}`,
    asks: (name) => `${name} 请求控制权。`,
    asked: (name) => `已向 ${name} 请求控制权。`,
    otherActs: (name) => `您正在观看：控制权在 ${name} 手中。`,
    linkWatches: '您正在观看：您使用的链接仅供观看。发送链接的人可以另发一个带控制权的链接。',
    addressWatches: '您正在观看：此页面的地址用 view_only 指定了仅观看。',
    youAct: '您拥有控制权。',
    nowActs: (name) => `现在控制权在 ${name} 手中。`,
    notGiven: '控制权没有交给您。您可以稍后再次请求。',
    allAct: '现在所有人共享控制权。',
    ended: {
      link_revoked: '您使用的链接已被撤销。请向发送链接的人索取新的链接。',
      logged_out: '您已退出登录。',
      link_expired: '您使用的链接已过期。请向发送链接的人索取新的链接。',
      sign_in_over: '此桌面的登录已过期。请重新加载显示它的页面。',
    },
  },

  links: {
    title: '给他人的链接',
    name: '链接名称',
    role: '链接用途',
    time: '链接有效期',
    view: '观看',
    control: '控制',
    forEver: '撤销前一直有效',
    hour: '一小时',
    day: '一天',
    week: '一周',
    until: (time) => `有效期至 ${time}`,
    make: '创建链接',
    made: '请发送此地址。它不会再次显示。',
    address: '新链接的地址',
    copy: '复制',
    copied: '地址已复制到这台电脑。',
    notCopied: '浏览器拒绝了此操作。请用键盘复制地址。',
    unnamed: '未命名的链接',
    revoke: '撤销',
    revokeOf: (name) => `撤销 ${name}`,
    revoked: (name) => `${name} 已撤销：通过它进入的人已被断开。`,
  },
};
