"""Chinese parts of expressions that also have English ones: problems, corrections, topics.

Each is an alternation without groups around it, to be joined to the English one.
"""

from __future__ import annotations

from collections.abc import Mapping

from .....text.scripts import HAN

__all__ = [
    "ADVICE_WORDS",
    "CAUSE",
    "CHARACTER",
    "CONDITION",
    "CONFIRMED",
    "CONTINUATIONS",
    "CONTRASTS",
    "CORRECTION",
    "DENIED",
    "DEPENDENT",
    "FAILURE",
    "FOUND_CAUSE",
    "HEDGE",
    "IS",
    "LABEL",
    "LESSON",
    "NEGATIONS",
    "PLAN",
    "PLEASED",
    "REASON",
    "REJECTED",
    "REMEDY",
    "SECTIONS",
    "STATES",
    "SUCCESS",
    "TOPICS",
]

CHARACTER = f"[{HAN}]"
FAILURE = "报错|错误|失败|崩溃|异常|不工作|打不开|卡住|无法|超时|找不到|起不来"
CAUSE = "原因|因为|由于|导致|问题(?:是|在于)"
REMEDY = (
    "解决|修复|改成|改为|执行|运行|安装|设置|重启|升级|降级|清除|删除|添加|换成|换用|改用|加上|配置"
    "|关掉|开启|禁用|启用|(?:就|即)(?:可以?|行|好)|试试|先"
)
PLAN = "我来|让我|我先"
FOUND_CAUSE = "原因(?:是|在于)|问题出在|已(?:经)?(?:修复|解决)"
CONFIRMED = "可以了|好了|解决了|搞定|成功了|没问题了|有效|管用|修好了|正常了"
PLEASED = "谢谢|太好了|太棒了"
DENIED = "还是|没用|不行"
LESSON = "原因|需要|必须|因为|没有"
STATES = "[是用在叫为改要]"
SUCCESS = "成功|通过|好了|解决了"
CORRECTION = "不对|错了|不是的|不是这样|你错了|其实|应该是|更正|纠正一下|不行|搞错了|写错了|弄错了|不[，,]"
REJECTED = (
    rf"(?:而不是|不再(?:使?用|是)|不(?:使用|用|是|要用|叫)) ?(?P<rejected>[A-Za-z0-9_@./:+-]+"
    rf"|{CHARACTER}{{1,8}}?(?=[，。,.]|$))"
)
LABEL = f"[{HAN}]{{2}}"
IS = " 是|是|为| 为"
DEPENDENT = "但|而且|否则|不然|因为|所以|它|这|那"
REASON = "因为|否则|以免|由于"
CONDITION = "如果|当.{1,20}时|之前|之后"
HEDGE = "可能|也许|大概"
CONTINUATIONS = ("否则", "不然", "因为")
"""How a sentence begins that continues the one before it."""
SECTIONS: Mapping[str, str] = {
    "debugging": "报错|错误|调试|异常",
    "commands": "命令",
    "workflow": "提交|分支|合并|发布|部署|上线|评审|版本",
    "architecture": "架构|数据库|资料库|微服务|接口|服务|模块|缓存",
    "patterns": "命名|函数|变量|注释|缩进|代码|测试|规范",
    "tools": "工具|编辑器",
}
TOPICS: Mapping[str, str] = {
    "testing": "测试",
    "git": "提交|分支",
    "deployment": "部署|发布|上线",
    "database": "数据库|资料库",
    "security": "密码|安全|令牌",
    "dependencies": "依赖",
    "documentation": "文档",
    "style": "命名|缩进|格式",
    "configuration": "配置|端口|设置",
    "people": "负责|我叫|住在|过敏",
}
NEGATIONS = "不 没 别 禁 勿 避"
CONTRASTS = "不 而 非"
ADVICE_WORDS = "使用 应该 应当 我们 不要 这个 那个 可以 需要 一个 总是 必须 记住 用户 项目"
"""Words of any advice: that two texts share them proves nothing."""
