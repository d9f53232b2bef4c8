/** One sheet of A4 when it is printed; on a screen as wide as it is, in one column on a telephone. */
export const pageStyle = `@page{size:A4 portrait;margin:10mm}
body{font-size:9pt;line-height:1.35;max-width:190mm;margin:1rem auto;padding:0 .8rem}
.n{white-space:nowrap;font-variant-numeric:tabular-nums}
header{border-bottom:2.5pt solid #0b4f6c;padding-bottom:.35rem;margin-bottom:.5rem}
h1{font-size:15pt;margin:0;line-height:1.2}header p{margin:.15rem 0 0}header .draft{color:#9c1c1c;font-weight:700}
h2{font-size:10pt;margin:.2rem 0 .3rem;border:0;color:#0b4f6c}
ul.tiles{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.4rem;margin:0 0 .6rem;padding:0}
ul.tiles li{background:#eef4f6;padding:.35rem .5rem;border-inline-start:3pt solid #0b4f6c}
ul.tiles b{display:block;font-size:11.5pt;line-height:1.3}ul.tiles small{display:block;color:#333}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:.3rem 1.2rem}
section{break-inside:avoid;margin-bottom:.5rem}
table{margin:0;font-size:8.5pt}th,td{border:0;border-bottom:.5pt solid #ddd;padding:.12rem .25rem;vertical-align:middle;overflow-wrap:normal}
th{background:none;font-weight:400}thead th{color:#444;font-size:7.5pt}th[scope=row]{width:auto}td.num,th.num{text-align:end;white-space:nowrap}
td.bar{width:32%}table small{display:block;color:#555;font-size:7.5pt}td.mid{text-align:center;white-space:nowrap}tr.sum th,tr.sum td{font-weight:700;border-bottom:0}
svg{display:block}svg.stack{margin:.1rem 0 .35rem}td.mark{width:12px}
.places{columns:1;column-gap:1.2rem}.places.many{columns:3}.places.some{columns:2}
.places table{break-inside:auto}.places tr{break-inside:avoid}.places.many table{font-size:6.5pt}.places th{white-space:nowrap}.places.many th,.places.many td{padding:.04rem .12rem}.places.many td.bar{width:22%}.places.many svg.bar{min-width:.8rem}section p{margin:.2rem 0}
.places.many svg.bar{height:7px}
.dense{line-height:1.25}.dense header p{font-size:8pt}.dense ul.tiles{margin-bottom:.3rem}.dense ul.tiles li{padding:.15rem .4rem}.dense section{margin-bottom:.2rem}
.dense table{font-size:7.5pt}.dense th,.dense td{padding:.02rem .2rem}.dense table small{display:inline;font-size:6.5pt;margin-inline-start:.3rem}.dense .places.many table{font-size:6pt}.dense footer{font-size:6.5pt}
footer{border-top:.5pt solid #999;padding-top:.25rem;font-size:7.5pt;color:#333}footer p{margin:.1rem 0}
@media (max-width:640px){.two{grid-template-columns:1fr}.places.many,.places.some{columns:1}.places.many table{font-size:8.5pt}h1{font-size:13pt}}
@media print{body{padding:0;margin:0;max-width:none;print-color-adjust:exact;-webkit-print-color-adjust:exact}.two{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
.places.many{columns:3}.places.some{columns:2}.places.many table{font-size:6.5pt}}`;
