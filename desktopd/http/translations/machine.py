"""What the start page, *About* and the crash card tell of the machine and of programs' ends."""

from __future__ import annotations

from desktopd.http.translations.translation import Translation

MACHINE = {
    "no NVIDIA GPU: no /dev/nvidiactl with a /dev/nvidia0": Translation(
        "keine GPU von NVIDIA: kein /dev/nvidiactl mit einem /dev/nvidia0",
        "没有 NVIDIA GPU：没有 /dev/nvidiactl 和 /dev/nvidia0",
    ),
    "/dev/{} is not open to this user": Translation(
        "/dev/{} ist diesem Benutzer nicht zugänglich", "此用户无法访问 /dev/{}"
    ),
    "{} is missing: in a container set NVIDIA_DRIVER_CAPABILITIES to "
    "graphics,compute,utility,video, else install the driver's GL library": Translation(
        "{} fehlt: Setzen Sie in einem Container NVIDIA_DRIVER_CAPABILITIES auf "
        "graphics,compute,utility,video, sonst installieren Sie die GL-Bibliothek des Treibers",
        "缺少 {}：在容器中请将 NVIDIA_DRIVER_CAPABILITIES 设为 graphics,compute,utility,video，"
        "否则请安装驱动程序的 GL 库",
    ),
    "no render node in /dev/dri": Translation(
        "kein Gerät zum Rendern in /dev/dri", "/dev/dri 中没有渲染节点"
    ),
    "{} is not open to this user: add him to its group, {}": Translation(
        "{} ist diesem Benutzer nicht zugänglich: Nehmen Sie ihn in dessen Gruppe {} auf",
        "此用户无法访问 {}：请将其加入该设备的组 {}",
    ),
    "{} has no Vulkan driver in Mesa": Translation(
        "Für {} hat Mesa keinen Vulkan-Treiber", "Mesa 没有适用于 {} 的 Vulkan 驱动程序"
    ),
    "{} has no Vulkan driver here: install mesa-vulkan-drivers": Translation(
        "Für {} fehlt hier der Vulkan-Treiber: Installieren Sie mesa-vulkan-drivers",
        "此处没有适用于 {} 的 Vulkan 驱动程序：请安装 mesa-vulkan-drivers",
    ),
    "{}: OpenGL draws with {} all the same": Translation(
        "{}: OpenGL zeichnet dennoch mit {}", "{}：OpenGL 仍使用 {} 绘制"
    ),
    "glxinfo finds no OpenGL ({})": Translation(
        "glxinfo findet kein OpenGL ({})", "glxinfo 未找到 OpenGL（{}）"
    ),
    "glxinfo says nothing within {} s": Translation(
        "glxinfo sagt {} s lang nichts", "glxinfo 在 {} 秒内没有输出"
    ),
    "glxinfo cannot be started: {}": Translation(
        "glxinfo lässt sich nicht starten: {}", "无法启动 glxinfo：{}"
    ),
    "glxinfo: {}; install mesa-utils": Translation(
        "glxinfo: {}; installieren Sie mesa-utils", "glxinfo：{}；请安装 mesa-utils"
    ),
    "{}: {}; make room for logs there": Translation(
        "{}: {}; schaffen Sie dort Platz für Protokolle", "{}：{}；请在那里为日志腾出空间"
    ),
    "not known: desktopd itself was started again meanwhile": Translation(
        "nicht bekannt: desktopd selbst wurde inzwischen neu gestartet",
        "未知：其间 desktopd 自身重新启动过",
    ),
    "{} (signal {})": Translation("{} (Signal {})", "{}（信号 {}）"),
    "exit code {}: a program in it ended by {}": Translation(
        "Exit-Code {}: Ein Programm darin endete durch {}", "退出码 {}：其中一个程序因 {} 结束"
    ),
    "exit code {}": Translation("Exit-Code {}", "退出码 {}"),
    "{} exited with status {}": Translation("{} endete mit dem Status {}", "{} 以状态 {} 退出"),
    "{} killed by {}": Translation("{} wurde durch {} beendet", "{} 被 {} 终止"),
    "{} was not ready after {} s": Translation(
        "{} war nach {} s nicht bereit", "{} 在 {} 秒后仍未就绪"
    ),
    "{} did not answer within {} s": Translation(
        "{} antwortete nicht innerhalb von {} s", "{} 在 {} 秒内没有响应"
    ),
    "{}: no such program; install it, `desktopd check` says how": Translation(
        "{}: Dieses Programm fehlt; `desktopd check` sagt, wie es installiert wird",
        "{}：没有此程序；请安装它，`desktopd check` 会说明方法",
    ),
    "{}: no such folder to start {} in": Translation(
        "{}: Den Ordner, in dem {} starten soll, gibt es nicht",
        "{}：没有此文件夹，无法在其中启动 {}",
    ),
    "{}: its first line (#!) names a program that is missing; name another": Translation(
        "{}: Die erste Zeile (#!) nennt ein Programm, das fehlt; nennen Sie ein anderes",
        "{}：其首行（#!）所指的程序不存在；请改用其他程序",
    ),
    "its data ({}) is in no file and not in memory": Translation(
        "Seine Daten ({}) liegen in keiner Datei und nicht im Speicher",
        "其数据（{}）既不在文件中，也不在内存中",
    ),
    "its {} MiB are in no file": Translation(
        "Seine {} MiB liegen in keiner Datei", "其 {} MiB 不在任何文件中"
    ),
    "{} holds no such layer (kept, and tried again at the next start)": Translation(
        "{} enthält keine solche Ebene"
        " (bleibt gespeichert und wird beim nächsten Start erneut versucht)",
        "{} 中没有这样的图层（已保留，下次启动时会再次尝试）",
    ),
    "{} is not there (kept, and tried again at the next start)": Translation(
        "{} ist nicht da (bleibt gespeichert und wird beim nächsten Start erneut versucht)",
        "{} 不存在（已保留，下次启动时会再次尝试）",
    ),
    "{} (kept, and tried again at the next start)": Translation(
        "{} (bleibt gespeichert und wird beim nächsten Start erneut versucht)",
        "{}（已保留，下次启动时会再次尝试）",
    ),
    "the command has neither made nor opened it"
    " (kept, and tried again at the next start)": Translation(
        "Der Befehl hat sie weder erzeugt noch geöffnet"
        " (bleibt gespeichert und wird beim nächsten Start erneut versucht)",
        "命令既未创建也未打开它（已保留，下次启动时会再次尝试）",
    ),
    "what is set of it cannot be read (kept, and tried again at the next start)": Translation(
        "Was an ihr eingestellt ist, kann nicht gelesen werden"
        " (bleibt gespeichert und wird beim nächsten Start erneut versucht)",
        "无法读取其设置（已保留，下次启动时会再次尝试）",
    ),
    "what is there is a copy: nothing that is painted goes to the file of its data"
    " any more": Translation(
        "Da ist eine Kopie: Was gemalt wird, kommt nicht mehr in die Datei ihrer Daten",
        "现有的是副本：所绘内容不再写入其数据文件",
    ),
    "its file has other data now: what is there is what was saved, and goes there"
    " no more": Translation(
        "Ihre Datei hat jetzt andere Daten: Da ist, was gespeichert wurde,"
        " und kommt nicht mehr dorthin",
        "其文件中的数据已改变：现有的是保存的内容，不再写入该文件",
    ),
    "the layer is there without it": Translation(
        "Die Ebene ist ohne das da", "图层已恢复，但不含此项"
    ),
    "it is of viewer {} that the command opens, and comes back in that one": Translation(
        "Sie gehört zum {}. Viewer, den der Befehl öffnet, und kommt in diesem wieder",
        "它属于命令打开的第 {} 个查看器，将在该查看器中恢复",
    ),
    "the view is there without it": Translation(
        "Die Ansicht ist ohne das da", "视图已恢复，但不含此项"
    ),
}
