"""The drawings of networks that take or make pictures, for `tests.examples_models`."""

from __future__ import annotations

RESNET_18 = """
    network Downsample out_channels=128! stride=1 sequential
        input Input shape=64,56,56
        conv Conv2d out_channels=$out_channels kernel_size=1 stride=$stride bias=False
        norm BatchNorm2d
        output Output
        input > conv > norm > output

    network BasicBlock out_channels=64! stride=1 downsample=False
        input Input shape=64,56,56
        conv1 Conv2d out_channels=$out_channels kernel_size=3 stride=$stride padding=1 bias=False
        bn1 BatchNorm2d
        relu ReLU
        conv2 Conv2d out_channels=$out_channels kernel_size=3 padding=1 bias=False
        bn2 BatchNorm2d
        downsample Network of=Downsample out_channels=$out_channels stride=$stride used=$downsample
        add Add
        relu2 ReLU layer=relu
        output Output
        input > conv1 > bn1 > relu > conv2 > bn2 > add > relu2 > output
        input > downsample > add.input2

    network Layer1 sequential
        input Input shape=64,56,56
        block1 Network of=BasicBlock out_channels=64
        block2 Network of=BasicBlock out_channels=64
        output Output
        input > block1 > block2 > output
"""
for _i, _channels in enumerate((128, 256, 512)):
    RESNET_18 += f"""
    network Layer{_i + 2} sequential
        input Input shape={_channels // 2},{56 >> _i},{56 >> _i}
        block1 Network of=BasicBlock out_channels={_channels} stride=2 downsample=True
        block2 Network of=BasicBlock out_channels={_channels}
        output Output
        input > block1 > block2 > output
"""
RESNET_18 += """
    main ResNet18
        random RandomTensors samples=8 input_shape=3,224,224 target=classes classes=1000
        conv1 Conv2d out_channels=64 kernel_size=7 stride=2 padding=3 bias=False
        bn1 BatchNorm2d
        relu ReLU
        maxpool MaxPool2d kernel_size=3 stride=2 padding=1
        layer1 Network of=Layer1
        layer2 Network of=Layer2
        layer3 Network of=Layer3
        layer4 Network of=Layer4
        avgpool AdaptiveAvgPool2d
        flatten Flatten
        fc Linear out_features=1000
        loss CrossEntropyLoss
        random.x > conv1 > bn1 > relu > maxpool > layer1 > layer2 > layer3 > layer4 > avgpool > flatten > fc > loss
        random.y > loss.target
"""


def _features() -> str:
    """The convolutions of VGG-11 in a row."""
    lines = ["network Features sequential", "input Input shape=3,224,224"]
    chain = ["input"]
    convs = pools = 0
    for width in (64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool", 512, 512, "pool"):
        if width == "pool":
            pools += 1
            lines.append(f"pool{pools} MaxPool2d kernel_size=2")
            chain.append(f"pool{pools}")
        else:
            convs += 1
            lines += [f"conv{convs} Conv2d out_channels={width} kernel_size=3 padding=1", f"relu{convs} ReLU"]
            chain += [f"conv{convs}", f"relu{convs}"]
    return "\n".join([*lines, "output Output", " > ".join([*chain, "output"])])


VGG_11 = f"""
    {_features()}

    network Classifier sequential
        input Input shape=25088
        fc1 Linear out_features=4096
        relu1 ReLU
        dropout1 Dropout
        fc2 Linear out_features=4096
        relu2 ReLU
        dropout2 Dropout
        fc3 Linear out_features=1000
        output Output
        input > fc1 > relu1 > dropout1 > fc2 > relu2 > dropout2 > fc3 > output

    main VGG11
        random RandomTensors samples=8 input_shape=3,224,224 target=classes classes=1000
        features Network of=Features
        avgpool AdaptiveAvgPool2d output_size=7
        flatten Flatten
        classifier Network of=Classifier
        loss CrossEntropyLoss
        random.x > features > avgpool > flatten > classifier > loss
        random.y > loss.target
"""

UNET = """
    network DoubleConv channels=8!
        input Input shape=3,64,64
        conv1 Conv2d out_channels=$channels kernel_size=3 padding=1 bias=False
        norm1 BatchNorm2d
        relu ReLU
        conv2 Conv2d out_channels=$channels kernel_size=3 padding=1 bias=False
        norm2 BatchNorm2d
        relu2 ReLU layer=relu
        output Output
        input > conv1 > norm1 > relu > conv2 > norm2 > relu2 > output

    network Down channels=16! sequential
        input Input shape=8,64,64
        pool MaxPool2d kernel_size=2
        conv Network of=DoubleConv channels=$channels
        output Output
        input > pool > conv > output

    network Up channels=32!
        input Input shape=64,8,8
        skip Input shape=32,16,16
        up ConvTranspose2d out_channels=$channels kernel_size=2 stride=2
        cat Concat
        conv Network of=DoubleConv channels=$channels
        output Output
        input > up > cat > conv > output
        skip > cat.input2

    main UNet
        random RandomTensors samples=16 input_shape=3,64,64 target_shape=1,64,64
        inc Network of=DoubleConv channels=8
        down1 Network of=Down channels=16
        down2 Network of=Down channels=32
        down3 Network of=Down channels=64
        up3 Network of=Up channels=32
        up2 Network of=Up channels=16
        up1 Network of=Up channels=8
        outc Conv2d out_channels=1 kernel_size=1
        foreground Compare
        mask ToFloat
        loss BCEWithLogitsLoss
        random.x > inc > down1 > down2 > down3 > up3 > up2 > up1 > outc > loss
        down2 > up3.skip
        down1 > up2.skip
        inc > up1.skip
        random.y > foreground > mask > loss.target
"""

MOBILENET_V2 = """
    network Bottleneck hidden=96! out_channels=24! stride=1 sequential
        input Input shape=16,32,32
        expand Conv2d out_channels=$hidden kernel_size=1 bias=False
        expand_norm BatchNorm2d
        expand_relu ReLU6
        depthwise Conv2d out_channels=$hidden kernel_size=3 stride=$stride padding=1 groups=$hidden bias=False
        depthwise_norm BatchNorm2d
        depthwise_relu ReLU6
        project Conv2d out_channels=$out_channels kernel_size=1 bias=False
        project_norm BatchNorm2d
        output Output
        input > expand > expand_norm > expand_relu > depthwise > depthwise_norm > depthwise_relu > project
        project > project_norm > output

    network InvertedResidual channels=24! hidden=144!
        x Input shape=24,16,16
        conv Network of=Bottleneck hidden=$hidden out_channels=$channels
        add Add
        output Output
        x > add
        x > conv > add.input2
        add > output

    main MobileNetV2
        random RandomTensors samples=32 input_shape=3,32,32 target=classes
        stem Conv2d out_channels=16 kernel_size=3 stride=2 padding=1 bias=False
        stem_norm BatchNorm2d
        stem_relu ReLU6
        block1 Network of=Bottleneck hidden=96 out_channels=24 stride=2
        block2 Network of=InvertedResidual channels=24 hidden=144
        block3 Network of=Bottleneck hidden=144 out_channels=32 stride=2
        block4 Network of=InvertedResidual channels=32 hidden=192
        block5 Network of=InvertedResidual channels=32 hidden=192
        pool AdaptiveAvgPool2d
        flatten Flatten
        dropout Dropout p=0.2
        classifier Linear out_features=10
        loss CrossEntropyLoss
        random.x > stem > stem_norm > stem_relu > block1 > block2 > block3 > block4 > block5 > pool > flatten
        flatten > dropout > classifier > loss
        random.y > loss.target
"""

DCGAN_GENERATOR = """
    main Generator
        z Input shape=100,1,1
        conv1 ConvTranspose2d out_channels=64 kernel_size=4 bias=False
        bn1 BatchNorm2d
        relu1 ReLU
        conv2 ConvTranspose2d out_channels=32 kernel_size=4 stride=2 padding=1 bias=False
        bn2 BatchNorm2d
        relu2 ReLU
        conv3 ConvTranspose2d out_channels=16 kernel_size=4 stride=2 padding=1 bias=False
        bn3 BatchNorm2d
        relu3 ReLU
        conv4 ConvTranspose2d out_channels=8 kernel_size=4 stride=2 padding=1 bias=False
        bn4 BatchNorm2d
        relu4 ReLU
        conv5 ConvTranspose2d out_channels=3 kernel_size=4 stride=2 padding=1 bias=False
        tanh Tanh
        image Output
        z > conv1 > bn1 > relu1 > conv2 > bn2 > relu2 > conv3 > bn3 > relu3 > conv4 > bn4 > relu4 > conv5 > tanh
        tanh > image
"""

DCGAN_DISCRIMINATOR = """
    main Discriminator
        images RandomTensors input_shape=3,64,64 target=classes classes=2
        conv1 Conv2d out_channels=8 kernel_size=4 stride=2 padding=1 bias=False
        relu1 LeakyReLU negative_slope=0.2
        conv2 Conv2d out_channels=16 kernel_size=4 stride=2 padding=1 bias=False
        bn2 BatchNorm2d
        relu2 LeakyReLU negative_slope=0.2
        conv3 Conv2d out_channels=32 kernel_size=4 stride=2 padding=1 bias=False
        bn3 BatchNorm2d
        relu3 LeakyReLU negative_slope=0.2
        conv4 Conv2d out_channels=64 kernel_size=4 stride=2 padding=1 bias=False
        bn4 BatchNorm2d
        relu4 LeakyReLU negative_slope=0.2
        conv5 Conv2d out_channels=1 kernel_size=4 bias=False
        flatten Flatten start_dim=0
        real ToFloat
        loss BCEWithLogitsLoss
        images.x > conv1 > relu1 > conv2 > bn2 > relu2 > conv3 > bn3 > relu3 > conv4 > bn4 > relu4 > conv5
        conv5 > flatten > loss
        images.y > real > loss.target
"""
