"""The words for faults and refusals, in the reader's language. Personal values arrive here masked."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from matching.exchange.register import Fault
from matching.exchange.workbook import FileRefused

__all__ = ["fault_message", "fault_words", "refusal_message"]

FAULTS: Mapping[str, LazyString] = {
    "id_missing": _l("没有身份证号，先空着导入。"),
    "id_float": _l("身份证号存成了数字，后几位已经丢失，先空着导入。请按原件重填，并把格子设为文本。"),
    "id_letter_o": _l("身份证号里的字母已改成数字（%(shown)s）。"),
    "id_short": _l("身份证号位数不够（%(shown)s），先空着导入。"),
    "id_long": _l("身份证号位数太多（%(shown)s），先空着导入。"),
    "id_bad_date": _l("身份证号里的出生日期不存在（%(shown)s），先空着导入。"),
    "id_checksum": _l("身份证号最后一位校验不对（%(shown)s），先空着导入。"),
    "name_missing": _l("没有姓名，按身份证号导入。"),
    "phone_letter": _l("电话里的字母已改成数字（%(shown)s）。"),
    "phone_short": _l("电话位数不够（%(shown)s），先空着导入。"),
    "phone_unknown": _l("电话看不懂（%(shown)s），先空着导入。"),
    "income_unknown": _l("月收入看不懂（%(shown)s），先空着导入，按 0 计算。"),
    "need_unknown": _l("需求“%(shown)s”不是已知的帮扶类型，没有导入这一项。"),
    "quantity_unknown": _l("数量看不懂（%(shown)s）。"),
    "urgency_unknown": _l("紧急程度“%(shown)s”看不懂，按一般导入。"),
    "date_ambiguous": _l("日期 %(shown)s 说不清是哪个月，先空着导入。"),
    "date_unknown": _l("日期看不懂（%(shown)s），先空着导入。"),
    "category_unknown": _l("救助类型“%(shown)s”看不懂，先空着导入。"),
    "town_missing": _l("看不出是哪个镇街，先放在县一级。"),
    "village_full": _l("这个镇街的本地村社编号用完了，“%(shown)s”先放在镇街一级。"),
    "row_twice": _l("和前面的一行重复，没有导入。"),
    "no_identity": _l("既没有姓名也没有身份证号，没有导入。"),
    "foreign_area": _l("“%(shown)s”不是本地的镇街，没有导入。"),
    "out_of_reach": _l("“%(shown)s”不归您管，这一户没有导入。"),
    "no_organisation": _l("没有单位名称，没有导入。"),
    "type_unknown": _l("“%(shown)s”不是已知的帮扶类型，没有导入。"),
    "credit_code_invalid": _l("统一社会信用代码不对（%(shown)s），先空着导入。"),
    "area_unknown": _l("“%(shown)s”不是本地的镇街，没有列入服务区域。"),
    "no_reach": _l("没有写服务半径，也没有写服务区域，补上之前不参加结对。"),
    "lonlat_swapped": _l("经度和纬度写反了，已经换过来（%(shown)s）。"),
    "lonlat_unknown": _l("经纬度看不懂，先空着导入。"),
    "period_reversed": _l("结束日期早于开始日期（%(shown)s），结束日期先空着，补上之前不参加结对。"),
    "no_point": _l("没有可用的经纬度，没有导入。"),
    "unknown_household": _l("没有户号为 %(shown)s 的档案，没有导入。"),
    "unknown_person": _l("这户的档案里没有“%(shown)s”这个人，记到这户名下。"),
    "aid_twice": _l("和前面的一行是同一笔，没有导入。"),
    "amount_unknown": _l("金额看不懂（%(shown)s），先按没有金额导入。"),
    "source_unknown": _l("资金来源“%(shown)s”看不懂，记为来源不详。"),
    "below_given": _l("数量少于已经结对的数量，保留为 %(shown)s。"),
}

REFUSALS: Mapping[str, LazyString] = {
    "unreadable": _l("打不开这个文件。"),
    "empty": _l("这是一个空文件。"),
    "too_big": _l("文件超过 %(limit)s MB。"),
    "suffix_unknown": _l("只能导入 .xlsx、.xls 和 .csv 文件，不能导入 %(suffix)s。"),
    "suffix_wrong": _l("文件的内容和后缀 %(suffix)s 不符，请用表格软件另存一份再导入。"),
    "encrypted": _l("文件有密码保护，请去掉密码再导入。"),
    "macros": _l("文件带有宏，请另存为不带宏的 .xlsx 再导入。"),
    "damaged": _l("文件已经损坏或不完整。"),
    "not_a_workbook": _l("这不是 Excel 工作簿。"),
    "too_many_parts": _l("文件内部超过 %(limit)s 个部件，不像是正常的表格。"),
    "unpacks_too_big": _l("文件解压后超过 %(limit)s MB，没有打开。"),
    "too_many_cells": _l("表格超过 %(rows)s 行或 %(columns)s 列，请拆开再导入。"),
    "too_many_values": _l("表格里有内容的格子超过 %(limit)s 个，请按镇街拆开再导入。"),
    "too_much_memory": _l("读这个文件占用内存太多，没有读完。"),
    "too_slow": _l("读这个文件用时太长，没有读完。"),
    "encoding_unknown": _l("看不出文件的文字编码，请另存为 UTF-8 再导入。"),
    "no_table": _l("没有找到像这类台账的表头。"),
    "columns_missing": _l("缺少必要的列，没有导入。请对照台账的列名。"),
    "area_unknown": _l("看不出这份台账属于哪个区县，请写明区划代码（命令行用 --area）。"),
    "area_foreign": _l("这份台账是别的区县的，没有导入。"),
    "file_gone": _l("文件已经按期删除，请重新上传。"),
    "not_allowed": _l("上传这份台账的账号现在不能导入，什么都没有写入。"),
    "divisions_missing": _l("还没有这个区县的镇街名单，请先读入官方区划。"),
}


def fault_message(fault: Fault) -> str:
    """One sentence that says what is wrong with a cell and what was done about it."""
    return fault_words(fault.kind, fault.shown)


def fault_words(kind: str, shown: str) -> str:
    """The same of a fault that was written down."""
    return str(FAULTS[kind]) % {"shown": shown}


def refusal_message(refusal: FileRefused) -> str:
    """One sentence that says why a file was refused as a whole."""
    return str(REFUSALS[refusal.code]) % refusal.values
