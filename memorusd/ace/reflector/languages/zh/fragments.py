"""Chinese parts of expressions that also have English ones: problems, corrections, topics.

Each is an alternation without groups around it, to be joined to the English one.
"""

from __future__ import annotations

from collections.abc import Mapping

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

FAILURE = (
    "报错|報錯|错误|錯誤|失败|失敗|崩溃|崩潰|异常|異常|不工作|打不开|打不開|卡住|无法|無法|超时|超時|找不到"
    "|起不来"
)
CAUSE = "原因|因为|因為|由于|由於|导致|導致|问题(?:是|在于)|問題(?:是|在於)"
REMEDY = (
    "解决|解決|修复|修復|改成|改为|改為|执行|執行|运行|運行|安装|安裝|设置|設置|重启|重啟|升级|升級|降级|"
    "清除|删除|添加|换成|換成|换用|改用|加上|配置|关掉|關掉|开启|開啟|禁用|启用|啟用|(?:就|即)(?:可以"
    "?|行|好)|试试|試試|先"
)
PLAN = "我来|让我|我先"
FOUND_CAUSE = "原因(?:是|在于)|问题出在|問題出在|已(?:经)?(?:修复|解决)"
CONFIRMED = "可以了|好了|解决了|解決了|搞定|成功了|没问题了|沒問題了|有效|管用|修好了|正常了"
PLEASED = "谢谢|謝謝|太好了|太棒了"
DENIED = "还是|還是|没用|沒用|不行"
LESSON = "原因|需要|必须|必須|因为|因為|没有|沒有"
STATES = "[是用在叫为改要]"
SUCCESS = "成功|通过|通過|好了|解决了|解決了"
CORRECTION = (
    "不对|不對|错了|錯了|不是的|不是这样|不是這樣|你错了|你錯了|其实|其實|应该是|應該是|更正|纠正一下|糾正一下"
    "|不行|搞错了|搞錯了|写错了|弄错了|不[，,]"
)
REJECTED = (
    r"(?:而不是|不再(?:使?用|是)|不(?:使用|用|是|要用|叫)) ?(?P<rejected>[A-Za-z0-9_@./:+"
    r"-]+|[\u4e00-\u9fff]{1,8}?(?=[，。,.]|$))"
)
LABEL = r"[\u4e00-\u9fff]{2}"
IS = " 是|是|为| 为"
DEPENDENT = "但|而且|否则|否則|不然|因为|因為|所以|它|这|這|那"
CHARACTER = r"[\u4e00-\u9fff]"
REASON = "因为|因為|否则|否則|以免|由于|由於"
CONDITION = "如果|当.{1,20}时|之前|之后|之後"
HEDGE = "可能|也许|也許|大概"
CONTINUATIONS = ("否则", "否則", "不然", "因为", "因為")
"""How a sentence begins that continues the one before it."""
SECTIONS: Mapping[str, str] = {
    "debugging": "报错|報錯|错误|錯誤|调试|調試|异常|異常",
    "commands": "命令",
    "workflow": "提交|分支|合并|合併|发布|發布|部署|上线|上線|评审|評審|版本",
    "architecture": "架构|架構|数据库|數據庫|資料庫|微服务|微服務|接口|服务|服務|模块|模塊|缓存|緩存",
    "patterns": "命名|函数|函數|变量|變量|注释|註釋|缩进|縮進|代码|代碼|测试|測試|规范|規範",
    "tools": "工具|编辑器|編輯器",
}
TOPICS: Mapping[str, str] = {
    "testing": "测试|測試",
    "git": "提交|分支",
    "deployment": "部署|发布|發布|上线|上線",
    "database": "数据库|數據庫|資料庫",
    "security": "密码|密碼|安全|令牌",
    "dependencies": "依赖|依賴",
    "documentation": "文档|文檔",
    "style": "命名|缩进|縮進|格式",
    "configuration": "配置|端口|设置|設置",
    "people": "负责|負責|我叫|住在|过敏",
}
NEGATIONS = "不 没 別 别 禁 勿 避"
CONTRASTS = "不 而 非"
ADVICE_WORDS = "使用 应该 应当 我们 不要 这个 那个 可以 需要 一个 总是 必须 记住 用户 项目"
"""Words of any advice: that two texts share them proves nothing."""
